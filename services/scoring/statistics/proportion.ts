import { type Interval, interval, noInterval } from "./estimate.ts";
import { normalQuantile } from "./normal.ts";

/** A share that was counted. */
export interface Share {
  readonly count: number;
  readonly of: number;
}

/** A share with a factor before it, as a part of a sum. */
export interface WeightedShare extends Share {
  /** Above 0. */
  readonly factor: number;
}

/**
 * Wilson's score interval of a share (Wilson 1927, doi:10.1080/01621459.1927.10502953): unlike the
 * usual one it stays within [0, 1] and is not of no width where nothing or everything was counted.
 *
 * @param share what was counted, of how many
 * @param confidence between 0 and 1, exclusive
 * @returns the interval; undefined where nothing could be counted
 */
export function wilson({ count, of }: Share, confidence: number): Interval {
  if (of === 0) return noInterval("There is nothing to take a share of.");
  const z = normalQuantile((1 + confidence) / 2);
  const centre = (count + z * z / 2) / (of + z * z);
  const reach = z / (of + z * z) * Math.sqrt(count * (of - count) / of + z * z / 4);
  // Where nothing or everything was counted the limit is exact; rounding would take it beyond.
  const lower = count === 0 ? 0 : centre - reach;
  const upper = count === of ? 1 : centre + reach;
  return interval(lower, upper);
}

/**
 * Interval of a sum of independent shares from Wilson's of each (Zou and Donner 2008,
 * doi:10.1002/sim.3095): distances from the estimates add up by their squares.
 *
 * @param shares the parts of the sum
 * @param confidence between 0 and 1, exclusive
 * @returns the interval; undefined where a share is of nothing
 */
export function sumInterval(shares: readonly WeightedShare[], confidence: number): Interval {
  let estimate = 0;
  let below = 0;
  let above = 0;
  for (const { factor, count, of } of shares) {
    const limits = wilson({ count, of }, confidence);
    if (limits.undefined !== null) return limits;
    estimate += factor * count / of;
    below += (factor * (count / of - limits.lower)) ** 2;
    above += (factor * (limits.upper - count / of)) ** 2;
  }
  return interval(estimate - Math.sqrt(below), estimate + Math.sqrt(above));
}

/**
 * Interval of x / (x + y), where x and y are sums of independent shares: by the delta method for the
 * logarithm of the odds x / y, which stays within (0, 1) (Mercaldo, Lau and Zhou 2007,
 * doi:10.1002/sim.2677, for predictive values at a known prevalence).
 *
 * @param x the parts of x
 * @param y the parts of y
 * @param confidence between 0 and 1, exclusive
 * @returns the interval; undefined where x or y is 0: its logarithm has no variance then
 */
export function oddsInterval(
  x: readonly WeightedShare[],
  y: readonly WeightedShare[],
  confidence: number,
): Interval {
  const [sumX, sumY] = [sum(x), sum(y)];
  if (!(sumX > 0 && sumY > 0)) {
    return noInterval("One side of the odds was never counted: there is nothing to infer from.");
  }
  const error = Math.sqrt(varianceOfSum(x) / sumX ** 2 + varianceOfSum(y) / sumY ** 2);
  const reach = Math.exp(normalQuantile((1 + confidence) / 2) * error);
  return interval(sumX / (sumX + sumY * reach), sumX / (sumX + sumY / reach));
}

function sum(shares: readonly WeightedShare[]): number {
  return shares.reduce((total, { factor, count, of }) => total + shareOf(factor * count, of), 0);
}

function varianceOfSum(shares: readonly WeightedShare[]): number {
  return shares.reduce(
    (total, { factor, count, of }) =>
      total + shareOf(factor ** 2 * shareOf(count, of) * (1 - shareOf(count, of)), of),
    0,
  );
}

/** A part of nothing adds nothing. */
function shareOf(part: number, of: number): number {
  return of === 0 ? 0 : part / of;
}
