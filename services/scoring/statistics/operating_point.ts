import { bootstrapChosen } from "./chosen_threshold.ts";
import type { BootstrapOptions } from "./bootstrap_options.ts";
import { type ClusterKind, clusterKinds } from "./cluster_kinds.ts";
import type { ThresholdCounts } from "./counts.ts";
import {
  checkConfidence,
  defined,
  type Estimate,
  type Interval,
  noInterval,
  undefinedBecause,
} from "./estimate.ts";
import { effectiveShare, wilson } from "./proportion.ts";
import { type ReweightedShare, reweightedShares } from "./reweighted.ts";
import type { ClusteredSample } from "./sample.ts";
import { incompleteBeta } from "./student.ts";
import { chooseThreshold, type ChosenShare, type ThresholdChoice } from "./threshold_choice.ts";
import {
  type ClusterSums,
  countShares,
  PREVALENCE_METRICS,
  type PrevalenceMetric,
  reweightShares,
  sumClusters,
  THRESHOLD_METRICS,
  type ThresholdMetric,
} from "./threshold_metrics.ts";

/** Intervals of a share, by sample and by cluster. */
export interface ShareIntervals {
  readonly ci: Interval;
  /** null where no intervals by cluster were asked for. */
  readonly ciByCluster: Interval | null;
}

/** A share with its intervals. */
export interface PointShare extends ShareIntervals {
  readonly value: Estimate;
  /** Intervals that hold the threshold fixed; the same where it was given. */
  readonly fixed: ShareIntervals;
}

/** A share that was counted. */
export interface CountedPointShare extends PointShare {
  readonly count: number;
  readonly of: number;
}

/** A share re-weighted to a prevalence. */
export interface ReweightedPointShare extends PointShare {
  /** The share itself where `value` is adjusted, because the interval leaves it out; null elsewhere. */
  readonly raw: number | null;
}

/** What happens at a threshold. */
export interface OperatingPoint {
  readonly threshold: Estimate;
  /**
   * Chance that this threshold has the share that it was chosen for among all samples of the kind, see
   * {@linkcode chanceToReach}; null where it was given.
   */
  readonly reaches: number | null;
  /** Of samples: sensitivity, specificity, ppv, npv. Of clusters, or their units: recall and detection rate. */
  readonly shares: Readonly<Record<ThresholdMetric, CountedPointShare>>;
  /** The same re-weighted, or null where no prevalence was stated. */
  readonly atPrevalence: Readonly<Record<PrevalenceMetric, ReweightedPointShare>> | null;
}

/** How to measure an operating point. */
export interface OperatingPointOptions {
  /** Between 0 and 1, exclusive. */
  readonly confidence: number;
  /** null: no intervals by cluster, and none for a threshold that is chosen anew. */
  readonly bootstrap: BootstrapOptions | null;
  /** Share of clusters that hold a positive where the shares shall hold; null: as in the sample. */
  readonly prevalence: number | null;
}

/**
 * Shares that a chosen threshold has by choice, in every replicate: what varies is only how far they hold
 * on other samples, which the interval at a fixed threshold says.
 */
const BY_CHOICE = {
  sensitivity: ["sensitivity", "detectionRate"],
  specificity: ["specificity"],
} as const satisfies Record<string, readonly ThresholdMetric[]>;

/**
 * Measures one operating point.
 *
 * At a given threshold, and in `fixed`, the intervals are Wilson's: by sample, and by cluster with the
 * effective sample size. Where the threshold was chosen by a sensitivity or specificity it is chosen anew
 * in each replicate of a bootstrap, see {@linkcode bootstrapChosen}.
 *
 * @param sample scores, labels, clusters, units
 * @param counts of the same sample at all thresholds
 * @param choice where the point lies
 * @param options confidence, bootstrap, prevalence
 * @returns threshold and shares; each is undefined where it is a share of nothing, all are where there
 * is no such threshold
 * @throws {RangeError} where options are out of bounds
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
 * A threshold that k of n samples of a class lie on the right side of has, among all samples of that class,
 * a share that is distributed as Beta(k, n − k + 1), whatever the distribution of their scores (Wilks 1941,
 * doi:10.1214/aoms/1177731788).
 *
 * @param share that the threshold was chosen for, in [0, 1]
 * @param counted how many samples lie on the right side, of how many
 * @returns the chance that it has the share or more
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
      // Where nothing was counted on one side replicates count nothing there either.
      ...raw === null ? chosen?.atPrevalence(metric) ?? fixed : fixed,
    };
  });
}

function shareOf(count: number, of: number, reason: string | null): Estimate {
  if (reason !== null) return undefinedBecause(reason);
  return of > 0 ? defined(count / of) : undefinedBecause("The denominator of the share is 0.");
}

/** Intervals of a threshold that is chosen anew; null for what it has by choice. */
interface ChosenIntervals {
  readonly shares: (metric: ThresholdMetric) => ShareIntervals | null;
  readonly atPrevalence: (metric: PrevalenceMetric) => ShareIntervals | null;
}

/** Shares of clusters, and what is re-weighted to clusters, are drawn by cluster in both intervals. */
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
