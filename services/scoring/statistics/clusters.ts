import type { Cells } from "./areas.ts";
import type { ClusterPlan } from "./resampling.ts";

/** Clusters numbered from 0 in the order in which they first appear. */
export interface ClusterGrouping {
  /** How many clusters there are. */
  readonly clusters: number;
  /** The number of each sample's cluster, in the order of the samples. */
  readonly clusterOf: Int32Array;
}

/**
 * @param ids the cluster of each sample, any integers
 * @param samples how many samples there are
 * @returns the clusters, numbered
 * @throws {RangeError} where there is not one cluster a sample
 */
export function groupClusters(ids: Int32Array, samples: number): ClusterGrouping {
  if (ids.length !== samples) {
    throw new RangeError(
      `Cannot pair samples and clusters: there are ${samples} samples and ${ids.length} clusters`,
    );
  }
  const numbers = new Map<number, number>();
  const clusterOf = new Int32Array(samples);
  for (let at = 0; at < samples; at++) {
    const number = numbers.get(ids[at]!) ?? numbers.size;
    numbers.set(ids[at]!, number);
    clusterOf[at] = number;
  }
  return { clusters: numbers.size, clusterOf };
}

/**
 * Puts the samples of each cluster side by side.
 *
 * @param cells the sample's cells
 * @param grouping its clusters
 * @returns what cluster resampling draws from
 */
export function clusterPlan(
  { positiveScores, cellOf }: Cells,
  { clusters, clusterOf }: ClusterGrouping,
): ClusterPlan {
  const starts = new Int32Array(clusters + 1);
  for (let at = 0; at < clusterOf.length; at++) starts[clusterOf[at]! + 1]! += 1;
  for (let cluster = 0; cluster < clusters; cluster++) starts[cluster + 1]! += starts[cluster]!;
  const next = starts.slice(0, clusters);
  const cells = new Int32Array(cellOf.length);
  for (let at = 0; at < cellOf.length; at++) {
    const cluster = clusterOf[at]!;
    cells[next[cluster]!] = cellOf[at]!;
    next[cluster]! += 1;
  }
  return { kind: "cluster", positiveScores, cells, starts };
}
