import { bootstrapChosen } from "./chosen_threshold.ts";
import type { BootstrapOptions } from "./bootstrap_options.ts";
import { type ClusterKind, clusterKinds } from "./cluster_kinds.ts";
import type { ThresholdCounts } from "./counts.ts";
import { checkConfidence, defined, noInterval, undefinedBecause } from "./estimate.ts";
import type { Estimate, Interval } from "./estimate.ts";
import { effectiveShare, wilson } from "./proportion.ts";
import { type ReweightedShare, reweightedShares } from "./reweighted.ts";
import type { ClusteredSample } from "./sample.ts";
import { incompleteBeta } from "./student.ts";
import { chooseThreshold, type ChosenShare, type ThresholdChoice } from "./threshold_choice.ts";
import {
  countShares,
  PREVALENCE_METRICS,
  reweightShares,
  sumClusters,
  THRESHOLD_METRICS,
} from "./threshold_metrics.ts";
import type { ClusterSums, PrevalenceMetric, ThresholdMetric } from "./threshold_metrics.ts";

export interface ShareIntervals {
  readonly ci: Interval;
  /** null if no intervals by cluster were requested. */
  readonly ciByCluster: Interval | null;
}

/** A share with its intervals. */
export interface PointShare extends ShareIntervals {
  readonly value: Estimate;
  /** Intervals at a fixed threshold; equal to the others if the threshold was given. */
  readonly fixed: ShareIntervals;
}

export interface CountedPointShare extends PointShare {
  readonly count: number;
  readonly of: number;
}

/** A share re-weighted to a prevalence. */
export interface ReweightedPointShare extends PointShare {
  /** The unadjusted share if `value` is adjusted because its interval excludes it; else null. */
  readonly raw: number | null;
}

export interface OperatingPoint {
  readonly threshold: Estimate;
  /**
   * Probability that this threshold reaches its target share in the population, see {@linkcode
   * chanceToReach}; null if the threshold was given.
   */
  readonly reaches: number | null;
  /** Sensitivity, specificity, PPV and NPV by sample; recall and detection rate by cluster or unit. */
  readonly shares: Readonly<Record<ThresholdMetric, CountedPointShare>>;
  /** Shares re-weighted to the prevalence; null if none was given. */
  readonly atPrevalence: Readonly<Record<PrevalenceMetric, ReweightedPointShare>> | null;
}

export interface OperatingPointOptions {
  /** In (0, 1). */
  readonly confidence: number;
  /** null: no intervals by cluster, and none for a threshold that is chosen on the sample. */
  readonly bootstrap: BootstrapOptions | null;
  /** Target share of clusters with a positive; null: as in the sample. */
  readonly prevalence: number | null;
}

/**
 * Shares that the choice fixes in every replicate. What remains is how well they generalise to
 * other samples, which the interval at a fixed threshold covers.
 */
const BY_CHOICE = {
  sensitivity: ["sensitivity", "detectionRate"],
  specificity: ["specificity"],
} as const satisfies Record<string, readonly ThresholdMetric[]>;

/**
 * Measures one operating point. At a given threshold, and in `fixed`, the intervals are Wilson's: by sample, and by
 * cluster with the effective sample size. Otherwise each replicate chooses the threshold, see {@linkcode bootstrapChosen}.
 * @returns threshold and shares; those with denominator 0 are undefined, and all are if no threshold qualifies
 * @throws {RangeError} if options are out of range
 */
export function operatingPoint(
  sample: ClusteredSample,
  counts: ThresholdCounts,
  choice: ThresholdChoice,
  options: OperatingPointOptions,
): OperatingPoint {
  const { confidence, prevalence } = options;
  checkConfidence(confidence);
  if (prevalence !== null && !(prevalence > 0 && prevalence < 1)) {
    throw new RangeError(`Cannot re-weight: prevalence is ${prevalence}, not between 0 and 1`);
  }
  const threshold = chooseThreshold(counts, choice);
  const kinds = threshold.value === null ? [] : clusterKinds(sample, threshold.value);
  const sums = sumClusters(kinds, Int32Array.from(kinds, ({ clusters }) => clusters));
  const chosen = "threshold" in choice || threshold.value === null
    ? null
    : chosenIntervals(sample, choice, options);
  const { sensitivity, specificity } = countShares(sums);
  return {
    threshold,
    reaches: chosen === null
      ? null
      : "sensitivity" in choice
      ? chanceToReach(choice.sensitivity, sensitivity)
      : "specificity" in choice
      ? chanceToReach(choice.specificity, specificity)
      : null,
    shares: recordOf(THRESHOLD_METRICS, (metric) => {
      const [count, of] = countShares(sums)[metric];
      const fixed = fixedIntervals(metric, kinds, options);
      return {
        ...{ value: shareOf(count, of, threshold.undefined), count, of, fixed },
        ...chosen?.shares(metric) ?? fixed,
      };
    }),
    atPrevalence: prevalence === null ? null : reweighted(
      reweightedShares(kinds, sums, prevalence, confidence),
      options,
      threshold.undefined,
      chosen,
    ),
  };
}

/**
 * Probability that a threshold reaches a share in the population: with k of n samples of a class on its right side, the
 * share is Beta(k, n − k + 1), whatever the score distribution (Wilks 1941, doi:10.1214/aoms/1177731788).
 */
export function chanceToReach(share: number, [count, of]: readonly [number, number]): number {
  return count === 0
    ? (share > 0 ? 0 : 1)
    : incompleteBeta(1 - share, share, of - count + 1, count);
}

function fixedIntervals(
  metric: ThresholdMetric,
  kinds: readonly ClusterKind[],
  { confidence, bootstrap }: OperatingPointOptions,
): ShareIntervals {
  const perKind = kinds.map((kind) => {
    const [count, of] = countShares(sumClusters([kind], ONE))[metric];
    return { clusters: kind.clusters, count, of };
  });
  const count = perKind.reduce((sum, kind) => sum + kind.clusters * kind.count, 0);
  const of = perKind.reduce((sum, kind) => sum + kind.clusters * kind.of, 0);
  return {
    ci: wilson({ count, of }, confidence),
    ciByCluster: bootstrap === null ? null : wilson(effectiveShare(perKind), confidence),
  };
}

const ONE = Int32Array.of(1);

function reweighted(
  shares: Readonly<Record<PrevalenceMetric, ReweightedShare>>,
  { bootstrap }: OperatingPointOptions,
  reason: string | null,
  chosen: ChosenIntervals | null,
): OperatingPoint["atPrevalence"] {
  return recordOf(PREVALENCE_METRICS, (metric) => {
    const { value, raw, ci, ciByCluster } = shares[metric];
    const fixed = { ci, ciByCluster: bootstrap === null ? null : ciByCluster };
    return {
      value: reason === null ? value : undefinedBecause(reason),
      raw,
      fixed,
      // If one side has a count of 0, it has one in every replicate too.
      ...raw === null ? chosen?.atPrevalence(metric) ?? fixed : fixed,
    };
  });
}

function shareOf(count: number, of: number, reason: string | null): Estimate {
  if (reason !== null) return undefinedBecause(reason);
  return of > 0 ? defined(count / of) : undefinedBecause("The denominator of the share is 0.");
}

/** Intervals of a chosen threshold; null for shares that the choice fixes. */
interface ChosenIntervals {
  readonly shares: (metric: ThresholdMetric) => ShareIntervals | null;
  readonly atPrevalence: (metric: PrevalenceMetric) => ShareIntervals | null;
}

/** Shares of clusters, and shares re-weighted to clusters, use cluster draws in both intervals. */
function chosenIntervals(
  sample: ClusteredSample,
  choice: ChosenShare,
  { bootstrap, prevalence }: OperatingPointOptions,
): ChosenIntervals {
  const byChoice: readonly string[] = "sensitivity" in choice
    ? BY_CHOICE.sensitivity
    : BY_CHOICE.specificity;
  const statistics = (sums: ClusterSums): number[] => {
    const shares = countShares(sums);
    const values = THRESHOLD_METRICS.map((metric) => shares[metric][0] / shares[metric][1]);
    if (prevalence === null) return values;
    const again = reweightShares(sums, prevalence);
    return [...values, ...PREVALENCE_METRICS.map((metric) => again[metric][0] / again[metric][1])];
  };
  if (bootstrap === null) {
    const none = { ci: noInterval(NO_BOOTSTRAP), ciByCluster: null };
    const unlessByChoice = (metric: string): ShareIntervals | null =>
      byChoice.includes(metric) ? null : none;
    return { shares: unlessByChoice, atPrevalence: unlessByChoice };
  }
  const bySample = bootstrapChosen({ ...sample, clusters: null }, choice, bootstrap, statistics);
  const byCluster = bootstrapChosen(sample, choice, bootstrap, statistics);
  const at = (metric: string, position: number, ofClusters: boolean): ShareIntervals | null => {
    if (byChoice.includes(metric)) return null;
    const ciByCluster = byCluster[position]!;
    return { ci: ofClusters ? ciByCluster : bySample[position]!, ciByCluster };
  };
  return {
    shares: (metric) =>
      at(
        metric,
        THRESHOLD_METRICS.indexOf(metric),
        ["recallRate", "detectionRate"].includes(metric),
      ),
    atPrevalence: (metric) =>
      at(metric, THRESHOLD_METRICS.length + PREVALENCE_METRICS.indexOf(metric), true),
  };
}

const NO_BOOTSTRAP = "The threshold was chosen on these samples: without a bootstrap, only the " +
  "interval for a fixed threshold exists.";

function recordOf<Key extends string, Value>(
  keys: readonly Key[],
  valueOf: (key: Key) => Value,
): Record<Key, Value> {
  return Object.fromEntries(keys.map((key) => [key, valueOf(key)])) as Record<Key, Value>;
}
