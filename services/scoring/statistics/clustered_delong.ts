import { groupClusters } from "./clusters.ts";
import { aurocComponents, compareAurocs, compareComponents, inferAuroc } from "./delong.ts";
import type { AurocComparison, AurocInference, ComponentVariance } from "./delong.ts";
import { defined, type Estimate, undefinedBecause } from "./estimate.ts";
import type { ClassCounts, Labels, Scores } from "./sample.ts";

/**
 * AUROC with the variance of Obuchowski (1997, doi:10.2307/2533958) for clustered samples: DeLong's components summed
 * within clusters, plus the covariance between positives and negatives of a cluster.
 * @returns area, variance and interval. The variance is undefined with fewer than two clusters with a positive or with
 * a negative; the interval also if the variance is not above 0
 * @throws {RangeError} if the sample or the confidence is out of range
 */
export function clusteredDelong(
  scores: Scores,
  labels: Labels,
  clusters: Int32Array,
  confidence: number,
): AurocInference {
  return inferAuroc(scores, labels, confidence, clusteredVariance(clusters));
}

/**
 * `pairedDelong` with Obuchowski's variance; undefined in the same cases, counting clusters instead of samples.
 * @throws {RangeError} if lengths differ or a score, label or the confidence is out of range
 */
export function pairedClusteredDelong(
  scoresA: Scores,
  scoresB: Scores,
  labels: Labels,
  clusters: Int32Array,
  confidence = 0.95,
): AurocComparison {
  return compareAurocs(scoresA, scoresB, labels, confidence, clusteredVariance(clusters));
}

/** Returns Obuchowski's variance of sums of DeLong's components; `ids` are cluster IDs. */
export function clusteredVariance(ids: Int32Array): ComponentVariance {
  const { clusters, clusterOf } = groupClusters(ids, ids.length);
  return (components, labels, counts) => {
    if (components.length !== ids.length) {
      throw new RangeError(
        `Cannot pair samples and clusters: there are ${components.length} samples and ` +
          `${ids.length} clusters`,
      );
    }
    return varianceOfClusters(components, labels, counts, clusterOf, clusters);
  };
}

/**
 * Compares many classifiers like {@linkcode pairedClusteredDelong}, with the components of each computed once.
 * @throws {RangeError} if lengths differ or a score or label is out of range
 */
export function pairwiseClusteredDelong(
  scores: readonly Scores[],
  labels: Labels,
  clusters: Int32Array,
  confidence: number,
): (a: number, b: number) => AurocComparison {
  const variance = clusteredVariance(clusters);
  const components = scores.map((one) => aurocComponents(one, labels));
  return (a, b) => compareComponents(components[a]!, components[b]!, labels, confidence, variance);
}

function varianceOfClusters(
  components: Float64Array,
  labels: Labels,
  { positives, negatives }: ClassCounts,
  clusterOf: Int32Array,
  clusters: number,
): Estimate {
  // By label: the class mean, then each cluster's sum of deviations from it.
  const means: [number, number] = [0, 0];
  for (let at = 0; at < components.length; at++) means[labels[at]!]! += components[at]!;
  means[0] /= negatives;
  means[1] /= positives;
  const excess = [new Float64Array(clusters), new Float64Array(clusters)] as const;
  const holds = [new Uint8Array(clusters), new Uint8Array(clusters)] as const;
  for (let at = 0; at < components.length; at++) {
    const label = labels[at]!;
    excess[label]![clusterOf[at]!]! += components[at]! - means[label]!;
    holds[label]![clusterOf[at]!] = 1;
  }
  const clustersWith = holds.map((held) => held.reduce((sum, one) => sum + one, 0));
  if (clustersWith[0]! < 2 || clustersWith[1]! < 2) {
    return undefinedBecause(
      `There are ${clustersWith[1]} clusters with a positive and ${
        clustersWith[0]
      } with a negative ` +
        "sample; a variance needs two of each.",
    );
  }
  const ofClass = ([0, 1] as const).map((label) =>
    unbias(clustersWith[label]!) * dot(excess[label], excess[label])
  );
  const between = unbias(clusters) * dot(excess[0], excess[1]);
  return defined(
    ofClass[1]! / positives ** 2 + ofClass[0]! / negatives ** 2 +
      2 * between / (positives * negatives),
  );
}

function unbias(clusters: number): number {
  return clusters / (clusters - 1);
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, at) => sum + value * b[at]!, 0);
}
