import type { Axis, CurveChart } from "./curve_chart.ts";
import { niceAxis } from "./nice_axis.ts";

/** Samples with similar scores, and their share of positives. */
export interface CalibrationBin {
  /** Mean score, 0 to 1. */
  readonly meanScore: number;
  /** Share of positives, 0 to 1. */
  readonly observed: number;
  /** Interval of `observed`; null if there is none. */
  readonly ci: readonly [low: number, high: number] | null;
}

export interface CalibrationChartData {
  readonly title?: string;
  readonly subtitle: string;
  /** Ascending by score; empty if calibration is undefined. */
  readonly bins: readonly CalibrationBin[];
  /** Confidence of the intervals, such as 0.95. */
  readonly confidence: number;
}

/** A reliability diagram with the diagonal of perfect calibration; both axes end early if all bins are low. */
export function calibrationChart(data: CalibrationChartData): CurveChart {
  const { title, subtitle, bins, confidence } = data;
  const axis = axisOf(bins);
  const percent = Number((confidence * 100).toFixed(6));
  return {
    title: title ?? "Calibration",
    subtitle,
    xLabel: "Mean score",
    yLabel: "Share of positives",
    x: axis,
    y: axis,
    curves: [
      {
        label: "score and share agree",
        points: [[0, 0], [axis.max, axis.max]],
        dash: "dashed",
        colour: "grey",
      },
      {
        label: bins.length === 0 ? "not defined here" : `observed, with ${percent} % interval`,
        points: bins.map(({ meanScore, observed }) => [meanScore, observed]),
        // Not joined: a line between bins of few samples would suggest data that do not exist.
        dash: "none",
        marker: "circle",
        colour: "blue",
        whiskers: { along: "y", spans: bins.map(({ ci }) => ci) },
      },
    ],
  };
}

/** The same axis for both directions, so that the diagonal is straight. */
function axisOf(bins: readonly CalibrationBin[]): Axis {
  const high = bins.length === 0 ? 1 : Math.max(
    ...bins.flatMap(({ meanScore, observed, ci }) => [meanScore, observed, ci?.[1] ?? 0]),
  );
  return niceAxis(0, Math.min(1, high * 1.02));
}
