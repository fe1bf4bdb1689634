import type { ClusterKind } from "./cluster_kinds.ts";
import { defined, type Estimate, type Interval, noInterval, undefinedBecause } from "./estimate.ts";
import { effectiveShare, oddsShare, sumInterval } from "./proportion.ts";
import type { ClusterCount, WeightedShare } from "./proportion.ts";
import { PREVALENCE_METRICS, reweightShares } from "./threshold_metrics.ts";
import type { ClusterSums, PrevalenceMetric } from "./threshold_metrics.ts";

/** A share re-weighted to a prevalence, at a fixed threshold. */
export interface ReweightedShare {
  readonly value: Estimate;
  /** The unadjusted share if `value` is adjusted because its interval excludes it; else null. */
  readonly raw: number | null;
  readonly ci: Interval;
  readonly ciByCluster: Interval;
}

/** Count and denominator of a cluster. */
type CountOf = (kind: ClusterKind) => readonly [count: number, of: number];

const COUNTS = {
  truePositives: (kind) => [kind.truePositives, kind.truePositives + kind.falseNegatives],
  falseNegatives: (kind) => [kind.falseNegatives, kind.truePositives + kind.falseNegatives],
  falsePositivesWith: (
    kind,
  ) => [kind.falsePositivesWith, kind.falsePositivesWith + kind.trueNegativesWith],
  trueNegativesWith: (
    kind,
  ) => [kind.trueNegativesWith, kind.falsePositivesWith + kind.trueNegativesWith],
  calledWith: (kind) => [kind.calledWith, kind.clustersWith],
  found: (kind) => [kind.found, kind.clustersWith],
  falsePositivesWithout: (
    kind,
  ) => [kind.falsePositivesWithout, kind.falsePositivesWithout + kind.trueNegativesWithout],
  trueNegativesWithout: (
    kind,
  ) => [kind.trueNegativesWithout, kind.falsePositivesWithout + kind.trueNegativesWithout],
  calledWithout: (kind) => [kind.calledWithout, kind.clustersWithout],
} as const satisfies Record<string, CountOf>;

/**
 * Shares in a population with another share of clusters with a positive (`prevalence`). The numbers of both kinds of
 * clusters are fixed; only the calls vary. Recall and detection rate add Wilson intervals; predictive values use
 * {@linkcode oddsShare}. By cluster, each part has its effective sample size. Undefined without both kinds.
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
  const parts = (effective: boolean): Parts => (of) => {
    const counts = kinds.map((kind): ClusterCount => {
      const [count, all] = COUNTS[of](kind);
      return { clusters: kind.clusters, count, of: all };
    });
    // Population share per cluster without, or with, a positive.
    const factor = of.endsWith("Without")
      ? (1 - prevalence) / sums.clustersWithout
      : prevalence / sums.clustersWith;
    return weighted(counts, factor, effective);
  };
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
        : undefinedBecause("The denominator of the share is 0.");
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

/** A part of a share: of clusters with a positive, or of those without. */
type Parts = (of: keyof typeof COUNTS) => WeightedShare;

function weighted(
  counts: readonly ClusterCount[],
  perCluster: number,
  effective: boolean,
): WeightedShare {
  const all = counts.reduce((sum, one) => sum + one.clusters * one.of, 0);
  const counted = counts.reduce((sum, one) => sum + one.clusters * one.count, 0);
  const factor = perCluster * all;
  return { factor, ...effective ? effectiveShare(counts) : { count: counted, of: all } };
}

function inferred(
  metric: PrevalenceMetric,
  part: Parts,
  confidence: number,
): { ci: Interval; adjusted: number | null } {
  switch (metric) {
    case "ppv":
      return oddsShare(
        [part("truePositives")],
        [part("falsePositivesWith"), part("falsePositivesWithout")],
        confidence,
      );
    case "npv":
      return oddsShare(
        [part("trueNegativesWith"), part("trueNegativesWithout")],
        [part("falseNegatives")],
        confidence,
      );
    case "recallRate":
      return {
        ci: sumInterval([part("calledWith"), part("calledWithout")], confidence),
        adjusted: null,
      };
    case "detectionRate":
      return { ci: sumInterval([part("found")], confidence), adjusted: null };
  }
}
