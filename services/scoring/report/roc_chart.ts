import type { Curve, CurveChart, Marker, Point } from "./curve_chart.ts";
import { type ChartEstimate, estimateText } from "./estimate_text.ts";
import { thinPoints } from "./thin_points.ts";

/** A threshold that is marked on the curve. */
export interface MarkedPoint {
  /** What it is called. */
  readonly label: string;
  /** False-positive rate and sensitivity there. */
  readonly at: Point;
}

/** What a ROC chart shows. */
export interface RocChartData {
  /** Heading; `ROC curve` unless told. */
  readonly title?: string;
  /** What was scored on what. */
  readonly subtitle: string;
  /** False-positive rate and sensitivity at falling thresholds; empty where undefined. */
  readonly points: readonly Point[];
  /** Area under the curve. */
  readonly auroc: ChartEstimate;
  /** Thresholds to mark, at most four. */
  readonly marked?: readonly MarkedPoint[];
}

const MARKERS: readonly Marker[] = ["circle", "square", "triangle", "diamond"];

/** The ROC curve of a model that knows nothing. */
export const CHANCE: Curve = {
  label: "chance",
  points: [[0, 0], [1, 1]],
  dash: "dashed",
  colour: "grey",
};

/**
 * Describes a ROC chart: the curve with its area and interval in the legend, and chance.
 *
 * @returns a chart to draw
 * @throws {RangeError} when a coordinate is not finite
 */
export function rocChart(data: RocChartData): CurveChart {
  const { title, subtitle, points, auroc, marked } = data;
  const marks = (marked ?? []).map(({ label, at }, index): Curve => ({
    label,
    points: [at],
    dash: "none",
    marker: MARKERS[index % MARKERS.length]!,
    colour: "red",
  }));
  return {
    title: title ?? "ROC curve",
    subtitle,
    xLabel: "False-positive rate (1 − specificity)",
    yLabel: "Sensitivity",
    curves: [
      CHANCE,
      { label: estimateText("AUROC", auroc), points: thinPoints(points), colour: "blue" },
      ...marks,
    ],
  };
}
