import { COLOUR_ORDER, DASHES } from "./curve_chart.ts";
import type { Curve, CurveChart, Marker, Point } from "./curve_chart.ts";
import { type ChartEstimate, estimateText } from "./estimate_text.ts";
import { thinPoints } from "./thin_points.ts";

/** A threshold that is marked on the curve. */
export interface MarkedPoint {
  readonly label: string;
  /** False-positive rate and sensitivity of the threshold. */
  readonly at: Point;
}

export interface RocChartData {
  readonly title?: string;
  readonly subtitle: string;
  /** False-positive rate and sensitivity at falling thresholds; empty if undefined. */
  readonly points: readonly Point[];
  readonly auroc: ChartEstimate;
  /** Thresholds to mark, at most four. */
  readonly marked?: readonly MarkedPoint[];
}

const MARKERS: readonly Marker[] = ["circle", "square", "triangle", "diamond"];

const AXIS_LABELS = {
  xLabel: "False-positive rate (1 − specificity)",
  yLabel: "Sensitivity",
} as const;

/** The ROC curve of a random model. */
export const CHANCE: Curve = {
  label: "chance",
  points: [[0, 0], [1, 1]],
  dash: "dashed",
  colour: "grey",
};

/**
 * A ROC chart with area and chance line.
 * @throws {RangeError} if a coordinate is not finite
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
    ...AXIS_LABELS,
    curves: [
      CHANCE,
      { label: estimateText("AUROC", auroc), points: thinPoints(points), colour: "blue" },
      ...marks,
    ],
  };
}

/** Describes the ROC curves of several scores in one chart; neighbours differ in dash and colour. */
export function rocOverlay(
  curves: readonly Pick<Curve, "label" | "points">[],
  width: number,
): CurveChart {
  const lines = curves.map(({ label, points }, at): Curve => ({
    label,
    points: thinPoints(points),
    dash: DASHES[at % DASHES.length]!,
    colour: COLOUR_ORDER[at % COLOUR_ORDER.length]!,
  }));
  return { title: "ROC curves", subtitle: "", ...AXIS_LABELS, curves: [CHANCE, ...lines], width };
}
