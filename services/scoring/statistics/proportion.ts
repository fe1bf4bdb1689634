import { type Interval, interval, noInterval } from "./estimate.ts";
import { normalQuantile } from "./normal.ts";

/** A share as count and denominator. */
export interface Share {
  readonly count: number;
  readonly of: number;
}

/** A share with a factor: a term of a sum. */
export interface WeightedShare extends Share {
  /** Above 0. */
  readonly factor: number;
}

/**
 * Wilson's score interval of a share (Wilson 1927, doi:10.1080/01621459.1927.10502953): within [0, 1], of positive width
 * even for 0 or all; undefined if the denominator is 0. Effective sample sizes need not be whole numbers.
 */
export function wilson({ count, of }: Share, confidence: number): Interval {
  if (of === 0) return noInterval("The denominator of the share is 0.");
  const z = normalQuantile((1 + confidence) / 2);
  const centre = (count + z * z / 2) / (of + z * z);
  const reach = z / (of + z * z) * Math.sqrt(count * (of - count) / of + z * z / 4);
  // For a count of 0 or all the limit is exact; rounding would push it outside [0, 1].
  const lower = count === 0 ? 0 : centre - reach;
  const upper = count === of ? 1 : centre + reach;
  return interval(lower, upper);
}

/**
 * Interval of a sum of independent shares from Wilson's interval of each (Zou and Donner 2008, doi:10.1002/sim.3095):
 * squared distances from the estimates add up; undefined if a denominator is 0.
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

/** The odds of two sums, as a share. */
export interface OddsShare {
  readonly ci: Interval;
  /** The share of the adjusted counts, inside the interval; null if none were adjusted. */
  readonly adjusted: number | null;
}

/**
 * Interval of x / (x + y), where x and y are sums of independent shares: by the delta method on the log odds x / y,
 * which stays within (0, 1) (Mercaldo, Lau and Zhou 2007, doi:10.1002/sim.2677, for predictive values at a known
 * prevalence). A sum of 0 has a log without variance: both sums then use the adjusted logit, which adds z² / 2 to each
 * count and to its complement. If a sum has no variance because everything was counted, only that sum is adjusted.
 * There is no other adjustment: for small positive counts its coverage is far too low.
 * @returns interval and adjusted share; undefined if all parts of x or all parts of y have denominator 0
 */
export function oddsShare(
  x: readonly WeightedShare[],
  y: readonly WeightedShare[],
  confidence: number,
): OddsShare {
  if (![x, y].every((parts) => parts.some(({ of }) => of > 0))) {
    return { ci: noInterval("The denominator of the share is 0."), adjusted: null };
  }
  const z = normalQuantile((1 + confidence) / 2);
  const never = !(sum(x) > 0 && sum(y) > 0);
  const [partsX, partsY] = [x, y].map((parts) =>
    never || varianceOfSum(parts) === 0 ? adjust(parts, z) : parts
  ) as [readonly WeightedShare[], readonly WeightedShare[]];
  const [sumX, sumY] = [sum(partsX), sum(partsY)];
  const error = Math.sqrt(varianceOfSum(partsX) / sumX ** 2 + varianceOfSum(partsY) / sumY ** 2);
  const reach = Math.exp(z * error);
  const ci = interval(sumX / (sumX + sumY * reach), sumX / (sumX + sumY / reach));
  return { ci, adjusted: partsX === x && partsY === y ? null : sumX / (sumX + sumY) };
}

/** Adds z² / 2 to count and complement; keeps the factor. */
function adjust(shares: readonly WeightedShare[], z: number): WeightedShare[] {
  return shares.filter(({ of }) => of > 0).map(({ factor, count, of }) => ({
    factor,
    count: count + z * z / 2,
    of: of + z * z,
  }));
}

/** Clusters with the same count and denominator. */
export interface ClusterCount {
  readonly clusters: number;
  readonly count: number;
  readonly of: number;
}

/**
 * Converts a share of clustered samples to an equally precise share of independent samples, with the effective sample
 * size p (1 − p) / variance (Kish 1965), using the variance of a ratio over clusters. A share of 0 or 1 has no
 * variance, so its size is the number of clusters. The size never exceeds the number of samples.
 * @returns the share; neither part is a whole number in general
 */
export function effectiveShare(counts: readonly ClusterCount[]): Share {
  let [count, of, holding] = [0, 0, 0];
  for (const one of counts) {
    count += one.clusters * one.count;
    of += one.clusters * one.of;
    if (one.of > 0) holding += one.clusters;
  }
  if (of === 0) return { count: 0, of: 0 };
  const share = count / of;
  let squares = 0;
  for (const one of counts) squares += one.clusters * (one.count - share * one.of) ** 2;
  const size = share === 0 || share === 1
    ? holding
    : Math.min(of, share * (1 - share) * of ** 2 / squares);
  return { count: share * size, of: size };
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

/** 0 if the denominator is 0. */
function shareOf(part: number, of: number): number {
  return of === 0 ? 0 : part / of;
}
