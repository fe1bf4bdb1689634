/** Sums over clusters (or their units) with a positive and without. */
export const SUM_NAMES = [
  "clustersWith",
  "calledWith",
  "found",
  "truePositives",
  "falseNegatives",
  "falsePositivesWith",
  "trueNegativesWith",
  "clustersWithout",
  "calledWithout",
  "falsePositivesWithout",
  "trueNegativesWithout",
] as const;

/**
 * Sums over clusters. `clustersWith` counts clusters with a positive, `calledWith` those of them
 * with any call, `found` those with a called positive; the others count samples in such clusters.
 * If clusters have units, units are counted instead of clusters.
 */
export type ClusterSums = Readonly<Record<(typeof SUM_NAMES)[number], number>>;

export const NO_SUMS: Record<(typeof SUM_NAMES)[number], number> = Object.freeze({
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
});

/** Shares at a threshold, in report order. */
export const THRESHOLD_METRICS = [
  "sensitivity",
  "specificity",
  "ppv",
  "npv",
  "recallRate",
  "detectionRate",
] as const;

export type ThresholdMetric = (typeof THRESHOLD_METRICS)[number];

/** Shares that depend on the prevalence of clusters with a positive, and can be re-weighted. */
export const PREVALENCE_METRICS = ["ppv", "npv", "recallRate", "detectionRate"] as const;

export type PrevalenceMetric = (typeof PREVALENCE_METRICS)[number];

/** Sums the kinds by weight; weights for derivatives need not be whole numbers. */
export function sumClusters(
  kinds: readonly ClusterSums[],
  weights: Int32Array | Float64Array,
): ClusterSums {
  const sums = { ...NO_SUMS };
  for (let at = 0; at < kinds.length; at++) {
    const kind = kinds[at]!;
    const weight = weights[at]!;
    for (const name of SUM_NAMES) sums[name] += weight * kind[name];
  }
  return sums;
}

/** Samples for sensitivity, specificity and the predictive values, clusters for the others. */
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
 * Shares at another prevalence, with clusters like those of the sample.
 * @returns weighted count and denominator; NaN without clusters of both kinds
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
