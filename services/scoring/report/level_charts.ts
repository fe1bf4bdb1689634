import { clusterName, operatingPointName } from "./names.ts";
import type { Level, LevelReport, Levels } from "../../../shared/contracts/scores.ts";
import { OPERATING_POINTS_MARKED_MAX } from "../../../shared/limits.ts";
import { calibrationChart } from "./calibration_chart.ts";
import type { Curve, CurveChart, Point } from "./curve_chart.ts";
import { type ChartEstimate, estimateText } from "./estimate_text.ts";
import { histogramChart } from "./histogram_chart.ts";
import { type MarkedPoint, rocChart } from "./roc_chart.ts";
import { thinPoints } from "./thin_points.ts";

/** Points of a level's curves, thinned to the visible ones; empty if a curve is undefined. */
export interface LevelCurves {
  /** False-positive rate and sensitivity at falling thresholds. */
  readonly roc: readonly Point[];
  /** Recall and precision at falling thresholds. */
  readonly pr: readonly Point[];
}

export type ScoreCurves = Levels<LevelCurves>;

export interface LevelChartData {
  readonly level: Level;
  readonly report: Omit<LevelReport, "plots">;
  readonly curves: LevelCurves;
  /** Line below the heading; may be empty. */
  readonly subtitle: string;
  readonly width: number;
}

export interface LevelCharts {
  readonly roc: CurveChart;
  readonly pr: CurveChart;
  readonly calibration: CurveChart;
  readonly histogram: CurveChart;
}

/** Plot height of a histogram relative to its width: it need not be square. */
const HISTOGRAM_HEIGHT_SHARE = 0.5;
/** Confidence of intervals if no bootstrap was requested. */
export const DEFAULT_CONFIDENCE = 0.95;

/** Describes the charts of one level. A chart without data says so. */
export function levelCharts(data: LevelChartData): LevelCharts {
  const { report, curves, subtitle, width } = data;
  return {
    roc: {
      ...rocChart({
        title: titleOf("ROC curve", data),
        subtitle,
        points: curves.roc,
        auroc: estimateOf(report.auroc, confidenceOf(report), clusterName(report)),
        marked: markedPoints(report),
      }),
      width,
    },
    pr: {
      ...prChart({
        title: titleOf("Precision–recall curve", data),
        subtitle,
        points: curves.pr,
        auprc: estimateOf(report.auprc, confidenceOf(report), clusterName(report)),
        prevalence: report.count === 0 ? null : report.positives / report.count,
      }),
      width,
    },
    calibration: levelCalibrationChart(data),
    histogram: levelHistogramChart(data),
  };
}

export type ReportChartData = Omit<LevelChartData, "curves">;

export function levelCalibrationChart(data: ReportChartData): CurveChart {
  const { report, subtitle, width } = data;
  const bins = report.calibration.bins.map((bin) => ({
    meanScore: bin.mean_score,
    observed: bin.observed,
    ci: bin.ci,
  }));
  const title = titleOf("Calibration", data);
  return {
    ...calibrationChart({ title, subtitle, confidence: confidenceOf(report), bins }),
    width,
  };
}

export function levelHistogramChart(data: ReportChartData): CurveChart {
  const { report, subtitle, width } = data;
  return {
    ...histogramChart({ title: titleOf("Scores by class", data), subtitle, ...report.histogram }),
    width,
    plotHeight: width * HISTOGRAM_HEIGHT_SHARE,
  };
}

function titleOf(what: string, { level }: ReportChartData): string {
  return `${what}, ${level} level`;
}

function confidenceOf({ bootstrap }: ReportChartData["report"]): number {
  return bootstrap?.confidence ?? DEFAULT_CONFIDENCE;
}

/** Charts show the interval by exam, or woman, which accounts for correlated breasts. */
function estimateOf(
  area: LevelReport["auprc"],
  confidence: number,
  by: "exam" | "woman",
): ChartEstimate {
  const { value, ci_by_exam, undefined: reason } = area;
  return { value, ci: ci_by_exam, confidence, by, undefined: reason };
}

function markedPoints({ operating_points }: LevelChartData["report"]): MarkedPoint[] {
  return operating_points.flatMap(({ name, chosen, sensitivity, specificity }): MarkedPoint[] => {
    // The curve is of all samples, a threshold chosen on some of them of the others.
    if (chosen !== undefined) return [];
    if (sensitivity.value === null || specificity.value === null) return [];
    return [{ label: operatingPointName(name), at: [1 - specificity.value, sensitivity.value] }];
  }).slice(0, OPERATING_POINTS_MARKED_MAX);
}

interface PrChartData {
  readonly title?: string;
  readonly subtitle: string;
  /** Recall and precision at falling thresholds; empty if undefined. */
  readonly points: readonly Point[];
  /** Area under the curve by the trapezoidal rule, matching the joined points. */
  readonly auprc: ChartEstimate;
  /** Share of positives, 0 to 1: the precision of a random model; null without samples. */
  readonly prevalence: number | null;
}

/**
 * A precision–recall chart with area and prevalence.
 * @throws {RangeError} if a coordinate is not finite
 */
export function prChart({ title, subtitle, points, auprc, prevalence }: PrChartData): CurveChart {
  const curve: Curve = {
    label: estimateText("AUPRC", auprc),
    points: thinPoints(points),
    colour: "blue",
  };
  return {
    title: title ?? "Precision–recall curve",
    subtitle,
    xLabel: "Recall (sensitivity)",
    yLabel: "Precision (positive predictive value)",
    curves: prevalence === null ? [curve] : [baseline(prevalence), curve],
  };
}

function baseline(prevalence: number): Curve {
  return {
    label: `chance (prevalence ${prevalenceText(prevalence)})`,
    points: [[0, prevalence], [1, prevalence]],
    dash: "dashed",
    colour: "grey",
  };
}

/** Three decimals, or two significant digits for values below them. */
function prevalenceText(prevalence: number): string {
  return prevalence > 0 && prevalence < 0.01 ? prevalence.toPrecision(2) : prevalence.toFixed(3);
}
