import { groupClusters } from "./clusters.ts";
import { type Interval, interval, noInterval } from "./estimate.ts";
import { normalQuantile } from "./normal.ts";
import { betaQuantile, studentQuantile } from "./student.ts";

/** How samples were drawn: clusters within strata, each sample with a weight. */
export interface Design {
  /** 1 / probability of selection, above 0. */
  readonly weights: Float64Array;
  /** Cluster of each sample, from 0. */
  readonly clusterOf: Int32Array;
  /** Stratum of each cluster, from 0. */
  readonly stratumOf: Int32Array;
  /** Number of clusters of each stratum. */
  readonly sizes: Int32Array;
}

/** Numbers clusters within strata: a cluster in two strata counts as two; null means none. */
export function designOf(
  weights: Float64Array,
  clusters: Int32Array | null,
  strata: Int32Array | null,
): Design {
  const size = weights.length;
  const grouped = groupClusters(clusters, size);
  const highest = strata?.reduce((most, one) => Math.max(most, one), 0) ?? 0;
  const nested = strata === null || clusters === null
    ? grouped
    : groupClusters(grouped.clusterOf.map((one, at) => one * (highest + 1) + strata[at]!), size);
  const stratumOf = new Int32Array(nested.clusters);
  for (let at = 0; at < size; at++) stratumOf[nested.clusterOf[at]!] = strata?.[at] ?? 0;
  const sizes = new Int32Array(highest + 1);
  for (const stratum of stratumOf) sizes[stratum]! += 1;
  return { weights, clusterOf: nested.clusterOf, stratumOf, sizes };
}

export function degreesOfFreedom({ stratumOf, sizes }: Design): number {
  return stratumOf.length - sizes.filter((size) => size > 0).length;
}

/**
 * Variance of a weighted sum of linearised terms, for clusters drawn with replacement within strata (Binder 1983,
 * doi:10.2307/1402588). A stratum with a single cluster adds nothing. `terms` are per unit of weight.
 */
export function designVariance(design: Design, terms: Float64Array): number {
  const { weights, clusterOf, stratumOf, sizes } = design;
  const sums = new Float64Array(stratumOf.length);
  for (let at = 0; at < terms.length; at++) sums[clusterOf[at]!]! += weights[at]! * terms[at]!;
  const means = new Float64Array(sizes.length);
  for (const [cluster, sum] of sums.entries()) {
    const stratum = stratumOf[cluster]!;
    means[stratum]! += sum / sizes[stratum]!;
  }
  const squares = new Float64Array(sizes.length);
  for (const [cluster, sum] of sums.entries()) {
    const stratum = stratumOf[cluster]!;
    squares[stratum]! += (sum - means[stratum]!) ** 2;
  }
  return squares.reduce(
    (all, sum, at) => sizes[at]! < 2 ? all : all + sizes[at]! / (sizes[at]! - 1) * sum,
    0,
  );
}

/** Delete-one-cluster jackknife within strata (JKn; Wolter 2007, chapter 4); null if an estimate is. */
export function jackknife(
  design: Design,
  estimate: (weights: Float64Array) => number | null,
): number | null {
  const { weights, clusterOf, stratumOf, sizes } = design;
  const found: number[] = [];
  for (let cluster = 0; cluster < stratumOf.length; cluster++) {
    const stratum = stratumOf[cluster]!;
    const grown = sizes[stratum]! / (sizes[stratum]! - 1);
    const value = estimate(weights.map((weight, at) => {
      const one = clusterOf[at]!;
      return one === cluster ? 0 : stratumOf[one] === stratum ? weight * grown : weight;
    }));
    if (value === null || !Number.isFinite(value)) return null;
    found.push(value);
  }
  const mean = found.reduce((sum, value) => sum + value, 0) / found.length;
  return Math.sqrt(found.reduce((sum, value, cluster) => {
    const size = sizes[stratumOf[cluster]!]!;
    return sum + (size - 1) / size * (value - mean) ** 2;
  }, 0));
}

export interface DesignIntervals {
  /** Normal. */
  readonly normal: Interval;
  /** Student's t with the design's degrees of freedom. */
  readonly t: Interval;
  /** The same on the logit scale; undefined for 0 and 1. */
  readonly logit: Interval;
  /** Of Korn and Graubard (1998): Clopper-Pearson with the effective sample size. */
  readonly beta: Interval;
}

/**
 * Intervals of a share in a design; `held` is 1 for samples in the denominator, whose number and degrees of freedom
 * make the effective sample size, as in R's survey.
 */
export function shareIntervals(
  share: number,
  error: number,
  held: Uint8Array,
  design: Design,
  confidence: number,
): DesignIntervals {
  const samples = held.reduce((sum, member) => sum + member, 0);
  const df = degreesOfFreedom(design);
  const clusters = new Set(design.clusterOf.filter((_, at) => held[at] === 1));
  const strata = new Set([...clusters].map((cluster) => design.stratumOf[cluster]!));
  const heldDf = clusters.size - strata.size;
  if (samples < 2 || heldDf < 1) {
    const none = noInterval("There are too few clusters.");
    return { normal: none, t: none, logit: none, beta: none };
  }
  const tail = (1 + confidence) / 2;
  const t = studentQuantile(tail, df);
  const around = (reach: number): Interval => interval(share - reach, share + reach);
  const spread = share * (1 - share);
  const size = error > 0 && spread > 0
    ? spread / error ** 2 *
      (studentQuantile(tail, samples - 1) / studentQuantile(tail, heldDf)) ** 2
    : samples;
  const found = Math.min(size, share * size);
  return {
    normal: around(normalQuantile(tail) * error),
    t: around(t * error),
    logit: spread > 0 ? logitLimits(share, t * error) : noInterval("The share is 0 or 1."),
    beta: interval(
      found > 0 ? betaQuantile(1 - tail, found, size - found + 1) : 0,
      found < size ? betaQuantile(tail, found + 1, size - found) : 1,
    ),
  };
}

/** Limits of a value in (0, 1), on the logit scale. */
export function logitLimits(value: number, reach: number): Interval {
  const logit = Math.log(value / (1 - value));
  const scaled = reach / (value * (1 - value));
  return interval(1 / (1 + Math.exp(scaled - logit)), 1 / (1 + Math.exp(-scaled - logit)));
}
