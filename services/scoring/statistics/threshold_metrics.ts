import { type ClusterKind, holdsPositive } from "./cluster_kinds.ts";

/** Sums over clusters, those that hold a positive and those that do not apart. */
export interface ClusterSums {
  /** Of clusters with a positive: how many, and how many of them are called or found. */
  readonly clustersWith: number;
  readonly calledWith: number;
  readonly found: number;
  readonly truePositives: number;
  readonly falseNegatives: number;
  readonly falsePositivesWith: number;
  readonly trueNegativesWith: number;
  /** Of clusters without. */
  readonly clustersWithout: number;
  readonly calledWithout: number;
  readonly falsePositivesWithout: number;
  readonly trueNegativesWithout: number;
}

/** Shares at a threshold, in the order in which they are reported. */
export const THRESHOLD_METRICS = [
  "sensitivity",
  "specificity",
  "ppv",
  "npv",
  "recallRate",
  "detectionRate",
] as const;

/** Name of a share at a threshold. */
export type ThresholdMetric = (typeof THRESHOLD_METRICS)[number];

/** Shares that depend on how many clusters hold a positive, and can be re-weighted. */
export const PREVALENCE_METRICS = ["ppv", "npv", "recallRate", "detectionRate"] as const;

/** Name of a share that can be re-weighted. */
export type PrevalenceMetric = (typeof PREVALENCE_METRICS)[number];

/**
 * @param kinds of clusters
 * @param weights how many of each kind there are; not whole numbers where derivatives are taken
 * @returns their sums
 */
export function sumClusters(
  kinds: readonly ClusterKind[],
  weights: Int32Array | Float64Array,
): ClusterSums {
  const sums = {
    clustersWith: 0,
    calledWith: 0,
    found: 0,
    truePositives: 0,
    falseNegatives: 0,
    falsePositivesWith: 0,
    trueNegativesWith: 0,
    clustersWithout: 0,
    calledWithout: 0,
    falsePositivesWithout: 0,
    trueNegativesWithout: 0,
  };
  for (let at = 0; at < kinds.length; at++) {
    const kind = kinds[at]!;
    const weight = weights[at]!;
    const called = kind.truePositives + kind.falsePositives > 0 ? weight : 0;
    if (holdsPositive(kind)) {
      sums.clustersWith += weight;
      sums.calledWith += called;
      sums.found += kind.truePositives > 0 ? weight : 0;
      sums.truePositives += weight * kind.truePositives;
      sums.falseNegatives += weight * kind.falseNegatives;
      sums.falsePositivesWith += weight * kind.falsePositives;
      sums.trueNegativesWith += weight * kind.trueNegatives;
    } else {
      sums.clustersWithout += weight;
      sums.calledWithout += called;
      sums.falsePositivesWithout += weight * kind.falsePositives;
      sums.trueNegativesWithout += weight * kind.trueNegatives;
    }
  }
  return sums;
}

/**
 * What is counted for each share, and of how many: samples for sensitivity, specificity and the
 * predictive values, clusters for recall and detection rate.
 *
 * @param sums over clusters
 */
export function countShares(
  sums: ClusterSums,
): Readonly<Record<ThresholdMetric, readonly [count: number, of: number]>> {
  const falsePositives = sums.falsePositivesWith + sums.falsePositivesWithout;
  const trueNegatives = sums.trueNegativesWith + sums.trueNegativesWithout;
  const clusters = sums.clustersWith + sums.clustersWithout;
  return {
    sensitivity: [sums.truePositives, sums.truePositives + sums.falseNegatives],
    specificity: [trueNegatives, trueNegatives + falsePositives],
    ppv: [sums.truePositives, sums.truePositives + falsePositives],
    npv: [trueNegatives, trueNegatives + sums.falseNegatives],
    recallRate: [sums.calledWith + sums.calledWithout, clusters],
    detectionRate: [sums.found, clusters],
  };
}

/**
 * The shares in a population where another share of the clusters holds a positive, and clusters with
 * and without are like those of the sample: the two kinds are weighted to the stated prevalence.
 *
 * @param sums over clusters
 * @param prevalence share of clusters that hold a positive, between 0 and 1, exclusive
 * @returns what is counted and of how much; NaN without clusters of both kinds
 */
export function reweightShares(
  sums: ClusterSums,
  prevalence: number,
): Readonly<Record<PrevalenceMetric, readonly [count: number, of: number]>> {
  const ofWith = prevalence / sums.clustersWith;
  const ofWithout = (1 - prevalence) / sums.clustersWithout;
  const truePositives = ofWith * sums.truePositives;
  const falseNegatives = ofWith * sums.falseNegatives;
  const falsePositives = ofWith * sums.falsePositivesWith + ofWithout * sums.falsePositivesWithout;
  const trueNegatives = ofWith * sums.trueNegativesWith + ofWithout * sums.trueNegativesWithout;
  return {
    ppv: [truePositives, truePositives + falsePositives],
    npv: [trueNegatives, trueNegatives + falseNegatives],
    recallRate: [ofWith * sums.calledWith + ofWithout * sums.calledWithout, 1],
    detectionRate: [ofWith * sums.found, 1],
  };
}
