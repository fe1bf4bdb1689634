import type { Level, ScoreReport } from "../../../shared/contracts/scores.ts";
import { writeTable } from "../../../shared/format/mod.ts";
import type { MeasuredLevel } from "../measures/measure_level.ts";
import {
  CHART_WIDTH,
  type CurveChart,
  levelCharts,
  type LevelCurves,
  type Point,
  renderPng,
  renderSvg,
  thinPoints,
} from "../report/mod.ts";
import { countAtThresholds, precisionRecallCurve, rocCurve } from "../statistics/mod.ts";
import type { ScoreFile } from "../store/score_store.ts";

/** A level's plots as files, and the points of its curves. */
export interface DrawnLevel {
  readonly curves: LevelCurves;
  readonly files: readonly ScoreFile[];
}

/** `<level>_roc.png`, `.svg`, `<level>_pr.png`, `.svg` and `<level>_curves.csv`, with the points. */
export async function drawLevel(
  level: Level,
  subtitle: string,
  measured: MeasuredLevel,
): Promise<DrawnLevel> {
  const counts = countAtThresholds(measured.scores, measured.labels);
  const roc = rocPoints(rocCurve(counts));
  const pr = prPoints(precisionRecallCurve(counts));
  const curves = { roc: drawnPoints(roc), pr: drawnPoints(pr) };
  const { report } = measured;
  const charts = levelCharts({ level, report, curves, subtitle, width: CHART_WIDTH });
  // The library encodes in threads: one plot is compressed while the next is drawn.
  const drawings = [drawn(`${level}_roc`, charts.roc), drawn(`${level}_pr`, charts.pr)];
  const files = (await Promise.all(drawings)).flat();
  return {
    curves,
    files: [...files, { name: `${level}_curves.csv`, content: curvesCsv(roc, pr) }],
  };
}

async function drawn(name: string, chart: CurveChart): Promise<ScoreFile[]> {
  return [
    { name: `${name}.png`, content: await renderPng(chart) },
    { name: `${name}.svg`, content: renderSvg(chart) },
  ];
}

interface CurvePoint {
  /** Infinity if nothing is called positive. */
  readonly threshold: number;
  readonly x: number;
  readonly y: number;
}

function drawnPoints(points: readonly CurvePoint[]): Point[] {
  return thinPoints(points.map(({ x, y }) => [x, y]));
}

/** A curve with only one class has no points; the chart says why. */
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

function curvesCsv(roc: readonly CurvePoint[], pr: readonly CurvePoint[]): string {
  return writeTable(["curve", "threshold", "x", "y"], curveRows({ roc, pr }));
}

/** A row at a time: there may be a million of them. */
function* curveRows(curves: Readonly<Record<string, readonly CurvePoint[]>>): Generator<string[]> {
  for (const [name, points] of Object.entries(curves)) {
    for (const { threshold, x, y } of points) {
      yield [name, String(threshold), String(x), String(y)];
    }
  }
}

/** The line below a heading; `hasWeights` tells that exams have weights, which plots do not count. */
export function plotSubtitle(
  { model, experiment, dataset }: Pick<ScoreReport, "model" | "experiment" | "dataset">,
  hasWeights: boolean,
): string {
  return [
    model,
    experiment,
    dataset,
    hasWeights ? "every exam counted once, without weights" : null,
  ]
    .filter((part) => part !== null).join(" · ");
}
