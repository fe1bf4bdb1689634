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
 * @param share what was counted, of how many; not whole numbers where the size is an effective one
 * @param confidence between 0 and 1, exclusive
 * @returns the interval; undefined where nothing could be counted
 */
export function wilson({ count, of }: Share, confidence: number): Interval {
  if (of === 0) return noInterval("The denominator of the share is 0.");
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

/** The odds of two sums, as a share. */
export interface OddsShare {
  readonly ci: Interval;
  /** The share of the adjusted counts, which the interval lies around; null where none were adjusted. */
  readonly adjusted: number | null;
}

/**
 * Interval of x / (x + y), where x and y are sums of independent shares: by the delta method for the
 * logarithm of the odds x / y, which stays within (0, 1) (Mercaldo, Lau and Zhou 2007,
 * doi:10.1002/sim.2677, for predictive values at a known prevalence). Where nothing was counted on one side
 * its logarithm has no variance: then both sides have their adjusted logit, which adds half of z² to each
 * count and to its complement. Where everything was counted on one side, that side alone has it. It is
 * used nowhere else: with few counts, though above 0, its interval holds the truth far too seldom.
 *
 * @param x the parts of x
 * @param y the parts of y
 * @param confidence between 0 and 1, exclusive
 * @returns interval and adjusted share; undefined where a part is of nothing
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

/** The factor stays that of the share. */
function adjust(shares: readonly WeightedShare[], z: number): WeightedShare[] {
  return shares.filter(({ of }) => of > 0).map(({ factor, count, of }) => ({
    factor,
    count: count + z * z / 2,
    of: of + z * z,
  }));
}

/** Clusters that count the same of the same number. */
export interface ClusterCount {
  readonly clusters: number;
  readonly count: number;
  readonly of: number;
}

/**
 * A share of clustered samples as one of independent samples that is as certain: with the effective
 * sample size p (1 − p) / variance (Kish 1965), where the variance is that of a ratio over clusters. Where
 * nothing or everything is counted there is no variance, and the clusters are what is independent. It is
 * never larger than the number of samples.
 *
 * @param counts of the clusters
 * @returns the share; both parts are not whole numbers
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

/** A part of nothing adds nothing. */
function shareOf(part: number, of: number): number {
  return of === 0 ? 0 : part / of;
}
