import { countText } from "../../../shared/pages/mod.ts";
import type { Curve, CurveChart, Point } from "./curve_chart.ts";
import { niceAxis } from "./nice_axis.ts";

export interface HistogramChartData {
  readonly title?: string;
  readonly subtitle: string;
  /** Ascending edges of the bins, one more than bins. */
  readonly edges: readonly number[];
  readonly positives: readonly number[];
  readonly negatives: readonly number[];
}

/** Larger scores are drawn in units of it. */
const LARGE = 1e300;

/** Shares within each class, because counts would hide the positives. Tint and dashes need no colour. */
export function histogramChart(data: HistogramChartData): CurveChart {
  const { title, subtitle, positives, negatives } = data;
  // The width of an axis must be finite too.
  const unit = data.edges.some((edge) => Math.abs(edge) > LARGE) ? LARGE : 1;
  const edges = data.edges.map((edge) => edge / unit);
  const shares = [sharesOf(negatives), sharesOf(positives)] as const;
  return {
    title: title ?? "Scores by class",
    subtitle,
    xLabel: unit === 1 ? "Score" : `Score, in ${unit}`,
    yLabel: "Share of the class",
    x: niceAxis(edges[0] ?? 0, edges.at(-1) ?? 1),
    y: niceAxis(0, Math.max(0.01, ...shares.flat()), (at) => `${Number((at * 100).toFixed(6))} %`),
    curves: [
      {
        ...outline(`negatives (${total(negatives)})`, edges, shares[0]),
        colour: "grey",
        filled: true,
      },
      {
        ...outline(`positives (${total(positives)})`, edges, shares[1]),
        colour: "red",
        dash: "dashed",
      },
    ],
  };
}

function total(counts: readonly number[]): string {
  return countText(counts.reduce((sum, count) => sum + count, 0));
}

function sharesOf(counts: readonly number[]): number[] {
  const all = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => all === 0 ? 0 : count / all);
}

/** Steps that begin and end on the axis; a class without samples has none. */
function outline(label: string, edges: readonly number[], shares: readonly number[]): Curve {
  if (shares.every((share) => share === 0)) return { label, points: [] };
  const tops = shares.map((share, bin): Point => [edges[bin]!, share]);
  return { label, stepped: true, points: [[edges[0]!, 0], ...tops, [edges.at(-1)!, 0]] };
}
