import { type Interval, interval, noInterval } from "./estimate.ts";
import { normalCdf, normalQuantile } from "./normal.ts";
import { quantile, quantileOfUnsorted } from "./quantile.ts";

export type BootstrapMethod = "percentile" | "bca";

/** Minimum share of usable replicates; the values of the others are unknown. */
const USED_SHARE_MIN = 0.5;

/** Properties of the sample that a BCa interval needs. */
export interface SampleStatistic {
  readonly observed: number;
  /** Skewness of the statistic, see {@linkcode acceleration}. */
  readonly acceleration: number;
}

/** Defined replicates of one statistic. */
export interface UsableReplicates {
  /** In replicate order. */
  readonly values: Float64Array;
  readonly discarded: number;
}

/** Drops undefined (NaN) replicates and counts them. */
export function usable(column: Float64Array): UsableReplicates {
  if (!column.includes(NaN)) return { values: column, discarded: 0 };
  const values = column.filter((value) => !Number.isNaN(value));
  return { values, discarded: column.length - values.length };
}

/**
 * Percentile interval, by quantiles of type R-7 (Efron and Tibshirani 1993, chapter 13).
 * @param confidence in (0, 1)
 * @returns the interval; undefined for fewer than two values or if fewer than half are usable
 */
export function percentileInterval(replicates: UsableReplicates, confidence: number): Interval {
  const reason = tooFewUsable(replicates);
  if (reason !== null) return noInterval(reason);
  const values = replicates.values.slice();
  return interval(
    quantileOfUnsorted(values, (1 - confidence) / 2),
    quantileOfUnsorted(values, (1 + confidence) / 2),
  );
}

/**
 * Bias-corrected and accelerated interval (Efron 1987, doi:10.1080/01621459.1987.10478410), by quantiles of type R-7.
 * @returns the interval; undefined as in {@linkcode percentileInterval}, if all replicates are on one side of the
 * estimate, or if the correction would reverse percentiles
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
    return noInterval("All replicates are on one side of the estimate: BCa cannot correct this.");
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
 * A sixth of the skewness of the influences (Efron 1987, formula 6.6); 0 if all are 0.
 * @param counts multiplicity of each influence; null: 1
 * @param border start of the second stratum, whose mean is subtracted separately; null for one stratum
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
