import type { Curve, CurveChart, Point } from "./curve_chart.ts";
import { type ChartEstimate, estimateText } from "./estimate_text.ts";
import { thinPoints } from "./thin_points.ts";

/** What a precision–recall chart shows. */
export interface PrChartData {
  /** Heading; `Precision–recall curve` unless told. */
  readonly title?: string;
  /** What was scored on what. */
  readonly subtitle: string;
  /** Recall and precision at falling thresholds; empty where undefined. */
  readonly points: readonly Point[];
  /** Area under the curve by the trapezoid rule, which is how the points are joined. */
  readonly auprc: ChartEstimate;
  /** Share of positives, 0 to 1: the precision of a model that knows nothing; null without samples. */
  readonly prevalence: number | null;
}

/**
 * Describes a precision–recall chart: the curve with its area and interval in the legend, and the
 * prevalence.
 *
 * @param data curve, area and prevalence
 * @returns a chart for {@linkcode renderPng} and {@linkcode renderSvg}
 * @throws {RangeError} when a coordinate is not finite
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

/** Three decimals, or two significant digits where those would leave nothing. */
function prevalenceText(prevalence: number): string {
  return prevalence > 0 && prevalence < 0.01 ? prevalence.toPrecision(2) : prevalence.toFixed(3);
}
