import { writeTable } from "../../shared/format/mod.ts";
import type { MeasuredLevel } from "./measure_level.ts";
import {
  type ChartEstimate,
  type CurveChart,
  prChart,
  renderPng,
  renderSvg,
  rocChart,
} from "./report/mod.ts";
import type { ScoreFile } from "./score_store.ts";
import { countAtThresholds, precisionRecallCurve, rocCurve } from "./statistics/mod.ts";

/**
 * Draws the plots of one level and writes down the points of its curves.
 *
 * @param level `breast` or `image`: begins the names of the files
 * @param subtitle what was scored on what
 * @param measured the level
 * @returns `<level>_roc.png`, `.svg`, `<level>_pr.png`, `.svg` and `<level>_curves.csv`
 */
export async function drawLevel(
  level: "breast" | "image",
  subtitle: string,
  measured: MeasuredLevel,
): Promise<ScoreFile[]> {
  const { report, confidence } = measured;
  const counts = countAtThresholds(measured.scores, measured.labels);
  const roc = rocPoints(rocCurve(counts));
  const pr = prPoints(precisionRecallCurve(counts));
  const levelTitle = level === "breast" ? "breast level" : "image level";
  const rocPlot = rocChart({
    title: `ROC curve, ${levelTitle}`,
    subtitle,
    points: roc.map(({ x, y }) => [x, y]),
    auroc: estimateOf(report.auroc, confidence),
  });
  const prPlot = prChart({
    title: `Precision–recall curve, ${levelTitle}`,
    subtitle,
    points: pr.map(({ x, y }) => [x, y]),
    auprc: estimateOf(report.auprc, confidence),
    prevalence: report.count === 0 ? null : report.positives / report.count,
  });
  return [
    ...await drawn(`${level}_roc`, rocPlot),
    ...await drawn(`${level}_pr`, prPlot),
    { name: `${level}_curves.csv`, content: curvesCsv(roc, pr) },
  ];
}

async function drawn(name: string, chart: CurveChart): Promise<ScoreFile[]> {
  return [
    { name: `${name}.png`, content: await renderPng(chart) },
    { name: `${name}.svg`, content: renderSvg(chart) },
  ];
}

/** A point of a curve, with the threshold that it belongs to. */
interface CurvePoint {
  /** Infinity where nothing is called positive. */
  readonly threshold: number;
  readonly x: number;
  readonly y: number;
}

/** A curve of one class only has no points; the chart says why. */
function rocPoints(curve: ReturnType<typeof rocCurve>): CurvePoint[] {
  if (curve.undefined !== null) return [];
  const { thresholds, falsePositiveRate, truePositiveRate } = curve;
  return Array.from(thresholds, (threshold, at) => ({
    threshold,
    x: falsePositiveRate[at]!,
    y: truePositiveRate[at]!,
  }));
}

function prPoints(curve: ReturnType<typeof precisionRecallCurve>): CurvePoint[] {
  if (curve.undefined !== null) return [];
  const { thresholds, recall, precision } = curve;
  return Array.from(
    recall,
    (x, at) => ({ threshold: thresholds[at] ?? Infinity, x, y: precision[at]! }),
  );
}

function estimateOf(area: MeasuredLevel["report"]["auprc"], confidence: number): ChartEstimate {
  return { value: area.value, ci: area.ci, confidence, undefined: area.undefined };
}

function curvesCsv(roc: readonly CurvePoint[], pr: readonly CurvePoint[]): string {
  const named = [["roc", roc], ["pr", pr]] as const;
  const rows = named.flatMap(([name, points]) =>
    points.map(({ threshold, x, y }) => [name, String(threshold), String(x), String(y)])
  );
  return writeTable(["curve", "threshold", "x", "y"], rows);
}
