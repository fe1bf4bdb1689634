import { BOOTSTRAP_SAMPLES_MIN } from "../../../shared/limits.ts";
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
import { bootstrapKinds } from "./kind_bootstrap.ts";
import { oddsInterval, sumInterval, wilson } from "./proportion.ts";
import type { ClusteredSample } from "./sample.ts";
import { chooseThreshold, type ThresholdChoice } from "./threshold_choice.ts";
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

/** A share with its intervals. */
export interface PointShare {
  readonly value: Estimate;
  /** Wilson's, or what follows from it for a re-weighted share. */
  readonly ci: Interval;
  /** Bootstrap over clusters; null where none was asked for. */
  readonly ciByCluster: Interval | null;
}

/** A share that was counted. */
export interface CountedPointShare extends PointShare {
  readonly count: number;
  readonly of: number;
}

/** What happens at a threshold. */
export interface OperatingPoint {
  readonly threshold: Estimate;
  /** Of samples: sensitivity, specificity, ppv, npv. Of clusters: recall and detection rate. */
  readonly shares: Readonly<Record<ThresholdMetric, CountedPointShare>>;
  /** The same re-weighted, or null where no prevalence was stated. */
  readonly atPrevalence: Readonly<Record<PrevalenceMetric, PointShare>> | null;
}

/** How to measure an operating point. */
export interface OperatingPointOptions {
  /** Between 0 and 1, exclusive. */
  readonly confidence: number;
  /** null: no intervals by cluster. */
  readonly bootstrap: BootstrapOptions | null;
  /** Share of clusters that hold a positive where the shares shall hold; null: as in the sample. */
  readonly prevalence: number | null;
}

/**
 * Measures one operating point. The threshold is taken as given in all intervals: they tell how the
 * shares at this threshold vary, not how a threshold that is chosen anew would.
 *
 * @param sample scores, labels, clusters
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
  const byCluster = intervalsByCluster(kinds, sample.labels.length, options);
  const shares = countShares(sums);
  return {
    threshold,
    shares: recordOf(THRESHOLD_METRICS, (metric, at) => {
      const [count, of] = shares[metric];
      return {
        value: shareOf(count, of, threshold.undefined),
        ci: wilson({ count, of }, confidence),
        ciByCluster: byCluster?.[at] ?? null,
        count,
        of,
      };
    }),
    atPrevalence: prevalence === null
      ? null
      : reweighted(sums, prevalence, confidence, threshold.undefined, byCluster),
  };
}

function reweighted(
  sums: ClusterSums,
  prevalence: number,
  confidence: number,
  reason: string | null,
  byCluster: readonly Interval[] | null,
): OperatingPoint["atPrevalence"] {
  const shares = reweightShares(sums, prevalence);
  const missing = reason ??
    (sums.clustersWith > 0 && sums.clustersWithout > 0
      ? null
      : "Re-weighting needs clusters with and without a positive.");
  return recordOf(PREVALENCE_METRICS, (metric, at) => ({
    value: shareOf(shares[metric][0], shares[metric][1], missing),
    ci: missing === null
      ? reweightedInterval(metric, sums, prevalence, confidence)
      : noInterval(missing),
    ciByCluster: byCluster?.[THRESHOLD_METRICS.length + at] ?? null,
  }));
}

function shareOf(count: number, of: number, reason: string | null): Estimate {
  if (reason !== null) return undefinedBecause(reason);
  return of > 0 ? defined(count / of) : undefinedBecause("There is nothing to take a share of.");
}

/** Both kinds of clusters are as many as they are; what varies is what is called among them. */
function reweightedInterval(
  metric: PrevalenceMetric,
  sums: ClusterSums,
  prevalence: number,
  confidence: number,
): Interval {
  const negativesWith = sums.falsePositivesWith + sums.trueNegativesWith;
  const negativesWithout = sums.falsePositivesWithout + sums.trueNegativesWithout;
  const positives = sums.truePositives + sums.falseNegatives;
  const ofWith = prevalence / sums.clustersWith;
  const ofWithout = (1 - prevalence) / sums.clustersWithout;
  const part = (factor: number, count: number, of: number) => ({ factor: factor * of, count, of });
  switch (metric) {
    case "ppv":
      return oddsInterval([part(ofWith, sums.truePositives, positives)], [
        part(ofWith, sums.falsePositivesWith, negativesWith),
        part(ofWithout, sums.falsePositivesWithout, negativesWithout),
      ], confidence);
    case "npv":
      return oddsInterval(
        [
          part(ofWith, sums.trueNegativesWith, negativesWith),
          part(ofWithout, sums.trueNegativesWithout, negativesWithout),
        ],
        [part(ofWith, sums.falseNegatives, positives)],
        confidence,
      );
    case "recallRate":
      return sumInterval([
        part(ofWith, sums.calledWith, sums.clustersWith),
        part(ofWithout, sums.calledWithout, sums.clustersWithout),
      ], confidence);
    case "detectionRate":
      return sumInterval([part(ofWith, sums.found, sums.clustersWith)], confidence);
  }
}

/** In the order of `THRESHOLD_METRICS`, then of `PREVALENCE_METRICS` where there is a prevalence. */
function intervalsByCluster(
  kinds: readonly ClusterKind[],
  samples: number,
  { bootstrap, prevalence }: OperatingPointOptions,
): Interval[] | null {
  if (bootstrap === null) return null;
  const clusters = kinds.reduce((sum, kind) => sum + kind.clusters, 0);
  const reason = samples < BOOTSTRAP_SAMPLES_MIN
    ? `There are ${samples} samples, fewer than the ${BOOTSTRAP_SAMPLES_MIN} that a bootstrap needs.`
    : clusters < 2
    ? "There are not two clusters to draw from."
    : null;
  if (reason !== null) {
    return [...THRESHOLD_METRICS, ...PREVALENCE_METRICS].map(() => noInterval(reason));
  }
  return bootstrapKinds(kinds, bootstrap, (weights) => {
    const sums = sumClusters(kinds, weights);
    const shares = countShares(sums);
    const values = THRESHOLD_METRICS.map((metric) => shares[metric][0] / shares[metric][1]);
    if (prevalence === null) return values;
    const again = reweightShares(sums, prevalence);
    return [...values, ...PREVALENCE_METRICS.map((metric) => again[metric][0] / again[metric][1])];
  });
}

function recordOf<Key extends string, Value>(
  keys: readonly Key[],
  valueOf: (key: Key, at: number) => Value,
): Record<Key, Value> {
  return Object.fromEntries(keys.map((key, at) => [key, valueOf(key, at)])) as Record<Key, Value>;
}
