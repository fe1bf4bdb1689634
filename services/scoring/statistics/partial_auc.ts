import type { ThresholdCounts } from "./counts.ts";
import { missingClass } from "./sample.ts";

/** A band of specificity or of sensitivity. */
export interface RocBand {
  readonly focus: "specificity" | "sensitivity";
  /** In [0, 1], below `to`. */
  readonly from: number;
  readonly to: number;
}

/** Ends of bands such as 1 - 0.9 are not exact. */
const ROUNDING = 1e-12;

/**
 * Area under the ROC curve within a band (McClish 1989, doi:10.1177/0272989X8900900307): sensitivity over a band of
 * specificity, or specificity over a band of sensitivity, by trapezoids with linear interpolation at the limits.
 * `corrected` maps the area under the diagonal to 0.5 and the largest possible one to 1. `at_from` and `at_to` are the
 * curve's highest values at the ends of the band.
 * @returns null if a class is missing
 */
export function partialAuc(
  counts: ThresholdCounts,
  { focus, from, to }: RocBand,
): Record<"raw" | "corrected" | "at_from" | "at_to", number> | null {
  if (missingClass(counts) !== null) return null;
  const { truePositives, falsePositives, positives, negatives } = counts;
  const isSpecificity = focus === "specificity";
  const [start, end] = isSpecificity ? [1 - to, 1 - from] : [from, to];
  let [x, y] = isSpecificity ? [0, 0] : [0, 1];
  let raw = 0;
  const points: [x: number, y: number][] = [[x, y]];
  for (let at = 0; at < truePositives.length; at++) {
    const [found, called] = [truePositives[at]! / positives, falsePositives[at]! / negatives];
    const [nextX, nextY] = isSpecificity ? [called, found] : [found, 1 - called];
    const [left, right] = [Math.max(x, start), Math.min(nextX, end)];
    if (right > left) {
      const slope = (nextY - y) / (nextX - x);
      raw += (right - left) * (y + slope * ((left + right) / 2 - x));
    }
    [x, y] = [nextX, nextY];
    points.push([x, y]);
  }
  const diagonal = (end ** 2 - start ** 2) / 2;
  const [least, most] = [isSpecificity ? diagonal : end - start - diagonal, end - start];
  const [low, high] = [highestAt(points, start), highestAt(points, end)];
  return {
    raw,
    corrected: (1 + (raw - least) / (most - least)) / 2,
    at_from: isSpecificity ? high : low,
    at_to: isSpecificity ? low : high,
  };
}

/** The highest value of a curve at `x`, interpolated between its points; these rise in x. */
function highestAt(points: readonly (readonly [x: number, y: number])[], x: number): number {
  const exact = points.filter(([at]) => Math.abs(at - x) <= ROUNDING).map(([, y]) => y);
  if (exact.length > 0) return exact.reduce((most, y) => Math.max(most, y));
  const next = points.findIndex(([at]) => at > x);
  const [[left, low], [right, high]] = [points[next - 1]!, points[next]!];
  return low + (high - low) * (x - left) / (right - left);
}
