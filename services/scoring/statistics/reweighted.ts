import { type ClusterKind, holdsPositive } from "./cluster_kinds.ts";
import { defined, type Estimate, type Interval, noInterval, undefinedBecause } from "./estimate.ts";
import {
  type ClusterCount,
  effectiveShare,
  oddsShare,
  sumInterval,
  type WeightedShare,
} from "./proportion.ts";
import {
  type ClusterSums,
  PREVALENCE_METRICS,
  type PrevalenceMetric,
  reweightShares,
} from "./threshold_metrics.ts";

/** A share re-weighted to a prevalence, at a fixed threshold. */
export interface ReweightedShare {
  readonly value: Estimate;
  /** The share itself where `value` is adjusted, because the interval leaves it out; null elsewhere. */
  readonly raw: number | null;
  readonly ci: Interval;
  readonly ciByCluster: Interval;
}

/** What is counted in a cluster, of how many. */
type CountOf = (kind: ClusterKind) => readonly [count: number, of: number];

const COUNTS = {
  truePositives: (kind) => [kind.truePositives, kind.truePositives + kind.falseNegatives],
  falseNegatives: (kind) => [kind.falseNegatives, kind.truePositives + kind.falseNegatives],
  falsePositives: (kind) => [kind.falsePositives, kind.falsePositives + kind.trueNegatives],
  trueNegatives: (kind) => [kind.trueNegatives, kind.falsePositives + kind.trueNegatives],
  called: (kind) => [kind.truePositives + kind.falsePositives > 0 ? 1 : 0, 1],
  found: (kind) => [kind.truePositives > 0 ? 1 : 0, 1],
} as const satisfies Record<string, CountOf>;

/**
 * The shares in a population where another share of the clusters holds a positive. Both kinds of clusters
 * are as many as they are; what varies is what is called among them. Recall and detection rate have
 * Wilson's intervals of their parts, added; predictive values those of {@linkcode oddsShare}. By cluster
 * each part has its effective sample size.
 *
 * @param kinds of clusters at the threshold
 * @param sums over them
 * @param prevalence share of clusters that hold a positive, between 0 and 1, exclusive
 * @param confidence between 0 and 1, exclusive
 * @returns the shares; undefined without clusters of both kinds
 */
export function reweightedShares(
  kinds: readonly ClusterKind[],
  sums: ClusterSums,
  prevalence: number,
  confidence: number,
): Record<PrevalenceMetric, ReweightedShare> {
  const shares = reweightShares(sums, prevalence);
  const missing = sums.clustersWith > 0 && sums.clustersWithout > 0
    ? null
    : "Re-weighting needs clusters with and without a positive.";
  const parts = (effective: boolean): Parts => ({
    withPositive: (of) => weighted(kinds.filter(holdsPositive), COUNTS[of], prevalence, effective),
    without: (of) =>
      weighted(kinds.filter((kind) => !holdsPositive(kind)), COUNTS[of], 1 - prevalence, effective),
  });
  return Object.fromEntries(
    PREVALENCE_METRICS.map((metric): [PrevalenceMetric, ReweightedShare] => {
      if (missing !== null) {
        const none = noInterval(missing);
        return [metric, {
          value: undefinedBecause(missing),
          raw: null,
          ci: none,
          ciByCluster: none,
        }];
      }
      const [count, of] = shares[metric];
      const bySample = inferred(metric, parts(false), confidence);
      const byCluster = inferred(metric, parts(true), confidence);
      const raw = of > 0
        ? defined(count / of)
        : undefinedBecause("There is nothing to take a share of.");
      const { ci: ciByCluster, adjusted } = byCluster;
      const takesAdjusted = raw.value !== null && adjusted !== null &&
        !(ciByCluster.lower! <= raw.value && raw.value <= ciByCluster.upper!);
      return [metric, {
        value: takesAdjusted ? defined(adjusted) : raw,
        raw: takesAdjusted ? raw.value : null,
        ci: raw.value === null ? noInterval(raw.undefined) : bySample.ci,
        ciByCluster: raw.value === null ? noInterval(raw.undefined) : ciByCluster,
      }];
    }),
  ) as Record<PrevalenceMetric, ReweightedShare>;
}

/** The parts of a share: of clusters with a positive, and of those without. */
interface Parts {
  readonly withPositive: (of: keyof typeof COUNTS) => WeightedShare;
  readonly without: (of: keyof typeof COUNTS) => WeightedShare;
}

function weighted(
  kinds: readonly ClusterKind[],
  countOf: CountOf,
  share: number,
  effective: boolean,
): WeightedShare {
  const clusters = kinds.reduce((sum, kind) => sum + kind.clusters, 0);
  const counts = kinds.map((kind): ClusterCount => {
    const [count, of] = countOf(kind);
    return { clusters: kind.clusters, count, of };
  });
  const all = counts.reduce((sum, one) => sum + one.clusters * one.of, 0);
  const counted = counts.reduce((sum, one) => sum + one.clusters * one.count, 0);
  const factor = share * all / clusters;
  return { factor, ...effective ? effectiveShare(counts) : { count: counted, of: all } };
}

function inferred(
  metric: PrevalenceMetric,
  { withPositive, without }: Parts,
  confidence: number,
): { ci: Interval; adjusted: number | null } {
  switch (metric) {
    case "ppv":
      return oddsShare(
        [withPositive("truePositives")],
        [withPositive("falsePositives"), without("falsePositives")],
        confidence,
      );
    case "npv":
      return oddsShare(
        [withPositive("trueNegatives"), without("trueNegatives")],
        [withPositive("falseNegatives")],
        confidence,
      );
    case "recallRate":
      return {
        ci: sumInterval([withPositive("called"), without("called")], confidence),
        adjusted: null,
      };
    case "detectionRate":
      return { ci: sumInterval([withPositive("found")], confidence), adjusted: null };
  }
}
