import { groupClusters } from "./clusters.ts";
import type { ClusteredSample } from "./sample.ts";

/** What the members of a cluster are, at one threshold. */
export interface ClusterKind {
  readonly truePositives: number;
  readonly falseNegatives: number;
  readonly falsePositives: number;
  readonly trueNegatives: number;
  /** How many clusters are of this kind. */
  readonly clusters: number;
}

/**
 * Counts the clusters of each kind at a threshold. There are few kinds however many clusters there
 * are, ten of exams with two breasts, and everything at the threshold follows from their numbers.
 *
 * @param sample scores, labels, clusters
 * @param threshold a sample is called positive when its score is at or above
 * @returns the kinds that occur: first those that hold a positive, then in the order in which they do
 */
export function clusterKinds(sample: ClusteredSample, threshold: number): ClusterKind[] {
  const { scores, labels } = sample;
  const { clusters, clusterOf } = groupClusters(sample.clusters, scores.length);
  // Four counts a cluster, in the order of their names in a kind.
  const counts = new Int32Array(4 * clusters);
  for (let at = 0; at < scores.length; at++) {
    const called = scores[at]! >= threshold;
    const which = labels[at] === 1 ? (called ? 0 : 1) : (called ? 2 : 3);
    counts[4 * clusterOf[at]! + which]! += 1;
  }
  const kinds = new Map<string, { -readonly [Key in keyof ClusterKind]: ClusterKind[Key] }>();
  for (let cluster = 0; cluster < clusters; cluster++) {
    const [truePositives, falseNegatives, falsePositives, trueNegatives] = counts.subarray(
      4 * cluster,
      4 * cluster + 4,
    ) as unknown as [number, number, number, number];
    const key = `${truePositives} ${falseNegatives} ${falsePositives} ${trueNegatives}`;
    const kind = kinds.get(key);
    if (kind !== undefined) kind.clusters += 1;
    else {
      kinds.set(key, {
        ...{ truePositives, falseNegatives, falsePositives, trueNegatives },
        clusters: 1,
      });
    }
  }
  return [...kinds.values()].sort((a, b) => Number(holdsPositive(b)) - Number(holdsPositive(a)));
}

/** @returns whether a cluster of this kind has a positive */
export function holdsPositive({ truePositives, falseNegatives }: ClusterKind): boolean {
  return truePositives + falseNegatives > 0;
}
