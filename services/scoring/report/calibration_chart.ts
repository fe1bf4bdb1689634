import type { Axis, CurveChart } from "./curve_chart.ts";
import { niceAxis } from "./nice_axis.ts";

/** Scores of about the same height, and how often they were right. */
export interface CalibrationBin {
  /** Mean of the scores, 0 to 1. */
  readonly meanScore: number;
  /** Share of positives, 0 to 1. */
  readonly observed: number;
  /** Interval of that share; null where there is none. */
  readonly ci: readonly [low: number, high: number] | null;
}

/** What a reliability diagram shows. */
export interface CalibrationChartData {
  /** Heading; `Calibration` unless told. */
  readonly title?: string;
  /** What was scored on what. */
  readonly subtitle: string;
  /** Ascending by score; empty where calibration is undefined. */
  readonly bins: readonly CalibrationBin[];
  /** Confidence of the intervals, 0.95 say. */
  readonly confidence: number;
}

/**
 * Describes a reliability diagram: in each bin the share of positives against the mean score, with
 * its interval, and the diagonal on which both agree. Where all bins lie low, which is the rule in
 * screening, both axes end there.
 */
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
        // Not joined: between bins of few samples a line would draw what nobody has seen.
        dash: "none",
        marker: "circle",
        colour: "blue",
        whiskers: { along: "y", spans: bins.map(({ ci }) => ci) },
      },
    ],
  };
}

/** The same for both directions, so that the diagonal is one. */
function axisOf(bins: readonly CalibrationBin[]): Axis {
  const high = bins.length === 0 ? 1 : Math.max(
    ...bins.flatMap(({ meanScore, observed, ci }) => [meanScore, observed, ci?.[1] ?? 0]),
  );
  return niceAxis(0, Math.min(1, high * 1.02));
}
