import { type Interval, interval, noInterval } from "./estimate.ts";
import { normalCdf, normalQuantile } from "./normal.ts";
import { quantile } from "./quantile.ts";

/** Ways to read an interval off replicates. */
export type BootstrapMethod = "percentile" | "bca";

/** Share of the replicates that must be usable: what the others would have said is not known. */
const USED_SHARE_MIN = 0.5;

/**
 * What the bias-corrected and accelerated interval needs to know of the sample itself.
 */
export interface SampleStatistic {
  /** The statistic of the sample. */
  readonly observed: number;
  /** How the statistic is skewed, see {@linkcode acceleration}. */
  readonly acceleration: number;
}

/** Replicates of one statistic, without those that have none. */
export interface UsableReplicates {
  /** In the order of their numbers. */
  readonly values: Float64Array;
  /** How many replicates had no value. */
  readonly discarded: number;
}

/**
 * @param column one value a replicate, NaN where there is none
 * @returns the values, and how many are missing
 */
export function usable(column: Float64Array): UsableReplicates {
  const values = column.filter((value) => !Number.isNaN(value));
  return { values, discarded: column.length - values.length };
}

/**
 * Percentile interval, by quantiles of type R-7 (Efron and Tibshirani 1993, chapter 13).
 *
 * @param replicates of the statistic
 * @param confidence between 0 and 1, exclusive
 * @returns the interval; undefined for fewer than two values or where fewer than half are usable
 */
export function percentileInterval(replicates: UsableReplicates, confidence: number): Interval {
  const reason = tooFewUsable(replicates);
  if (reason !== null) return noInterval(reason);
  const ascending = replicates.values.toSorted();
  return interval(
    quantile(ascending, (1 - confidence) / 2),
    quantile(ascending, (1 + confidence) / 2),
  );
}

/**
 * Bias-corrected and accelerated interval (Efron 1987, doi:10.1080/01621459.1987.10478410): the
 * percentiles are moved by how far the replicates lie beside the estimate (the median bias; equal
 * values count half) and by how the spread changes with it (the acceleration). Quantiles of type R-7.
 *
 * @param replicates of the statistic
 * @param confidence between 0 and 1, exclusive
 * @param statistic what it is in the sample
 * @returns the interval; undefined as in {@linkcode percentileInterval}, where all replicates lie on one
 * side of the estimate, and where the correction would turn percentiles around
 */
export function bcaInterval(
  replicates: UsableReplicates,
  confidence: number,
  { observed, acceleration }: SampleStatistic,
): Interval {
  const reason = tooFewUsable(replicates);
  if (reason !== null) return noInterval(reason);
  const ascending = replicates.values.toSorted();
  let halvesBelow = 0;
  for (const value of ascending) halvesBelow += value < observed ? 2 : value === observed ? 1 : 0;
  const below = halvesBelow / (2 * ascending.length);
  if (below === 0 || below === 1) {
    return noInterval(
      "All replicates are on one side of the estimate: BCa cannot correct this.",
    );
  }
  const bias = normalQuantile(below);
  const reach = normalQuantile((1 + confidence) / 2);
  if (Math.abs(acceleration) * (Math.abs(bias) + reach) >= 1) {
    return noInterval("The statistic is too skewed in this sample for BCa.");
  }
  const limit = (z: number): number =>
    quantile(ascending, normalCdf(bias + (bias + z) / (1 - acceleration * (bias + z))));
  return interval(limit(-reach), limit(reach));
}

/**
 * The acceleration: a sixth of the skewness of the influences (Efron 1987, formula 6.6).
 *
 * @param influences of what is drawn, samples or clusters, up to a factor, with mean 0
 * @param counts how often each influence occurs; null: once
 * @param border where the second stratum starts; null for one stratum. What is drawn within strata
 * has influence only as far as it differs from the mean of its stratum
 * @returns the acceleration; 0 where nothing has influence
 */
export function acceleration(
  influences: Float64Array,
  counts: Int32Array | null,
  border: number | null,
): number {
  let squares = 0;
  let cubes = 0;
  const ends = border === null ? [influences.length] : [border, influences.length];
  let from = 0;
  for (const to of ends) {
    const mean = border === null ? 0 : meanBetween(influences, counts, from, to);
    for (let at = from; at < to; at++) {
      const count = counts?.[at] ?? 1;
      const influence = influences[at]! - mean;
      squares += count * influence ** 2;
      cubes += count * influence ** 3;
    }
    from = to;
  }
  return squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
}

function meanBetween(
  values: Float64Array,
  counts: Int32Array | null,
  from: number,
  to: number,
): number {
  let sum = 0;
  let total = 0;
  for (let at = from; at < to; at++) {
    const count = counts?.[at] ?? 1;
    sum += count * values[at]!;
    total += count;
  }
  return sum / total;
}

function tooFewUsable({ values, discarded }: UsableReplicates): string | null {
  const drawn = values.length + discarded;
  if (values.length >= 2 && values.length >= USED_SHARE_MIN * drawn) return null;
  return `The statistic is defined in only ${values.length} of ${drawn} replicates.`;
}
