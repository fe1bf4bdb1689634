import { BLOCK_ITEMS_MAX } from "./blocks.ts";
import type { Labels } from "./sample.ts";

/** Clusters numbered from 0 in the order in which they first appear. */
export interface ClusterGrouping {
  /** How many clusters there are. */
  readonly clusters: number;
  /** The number of each sample's cluster, in the order of the samples. */
  readonly clusterOf: Int32Array;
}

/**
 * @param ids the cluster of each sample, any integers; null: every sample is a cluster of its own
 * @param samples how many samples there are
 * @returns the clusters, numbered
 * @throws {RangeError} where there is not one cluster a sample
 */
export function groupClusters(ids: Int32Array | null, samples: number): ClusterGrouping {
  if (ids === null) {
    return { clusters: samples, clusterOf: Int32Array.from({ length: samples }, (_, at) => at) };
  }
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

/** Samples put in an order in which the members of each cluster stand side by side. */
export interface ClusterOrder {
  /** Positions of the samples, cluster after cluster, stratum after stratum. */
  readonly order: Int32Array;
  /** Where each cluster starts in `order`, and at the end its length. */
  readonly starts: Int32Array;
  /** Where each stratum of clusters ends: `[clusters]` for one stratum. */
  readonly strata: readonly number[];
}

/**
 * @param grouping the clusters of the samples
 * @param stratifyBy labels to part the clusters by: those that hold a positive come first and make a
 * stratum of their own; null for one stratum, in the order of the grouping
 * @returns the order
 */
export function orderByCluster(
  { clusters, clusterOf }: ClusterGrouping,
  stratifyBy: Labels | null,
): ClusterOrder {
  const { position, strata } = stratifyBy === null
    ? { position: null, strata: [clusters] }
    : partByLabel(clusters, clusterOf, stratifyBy);
  const starts = new Int32Array(clusters + 1);
  const placeOf = (at: number): number =>
    position === null ? clusterOf[at]! : position[clusterOf[at]!]!;
  for (let at = 0; at < clusterOf.length; at++) starts[placeOf(at) + 1]! += 1;
  for (let cluster = 0; cluster < clusters; cluster++) starts[cluster + 1]! += starts[cluster]!;
  const next = starts.slice(0, clusters);
  const order = new Int32Array(clusterOf.length);
  for (let at = 0; at < clusterOf.length; at++) {
    const place = placeOf(at);
    order[next[place]!] = at;
    next[place]! += 1;
  }
  return { order, starts, strata };
}

function partByLabel(
  clusters: number,
  clusterOf: Int32Array,
  labels: Labels,
): { position: Int32Array; strata: number[] } {
  const holdsPositive = new Uint8Array(clusters);
  for (let at = 0; at < clusterOf.length; at++) {
    if (labels[at] === 1) holdsPositive[clusterOf[at]!] = 1;
  }
  const positives = holdsPositive.reduce((sum, one) => sum + one, 0);
  const position = new Int32Array(clusters);
  const next = [positives, 0];
  for (let cluster = 0; cluster < clusters; cluster++) {
    position[cluster] = next[holdsPositive[cluster]!]!;
    next[holdsPositive[cluster]!]! += 1;
  }
  return {
    position,
    strata: [positives, clusters].filter((end, at, ends) => end > (ends[at - 1] ?? 0)),
  };
}

/** Cells of samples, cluster after cluster, stratum after stratum. */
export interface ClusterCells extends Pick<ClusterOrder, "starts" | "strata"> {
  readonly cells: Int32Array;
}

/**
 * Orders clusters, within their stratum, by their first cell: clusters that are drawn from the same
 * part of the memory then also count in the same part.
 *
 * @param clusters in any order
 * @returns the same clusters; those of one block stay as they are, where it makes no difference
 */
export function neighboursTogether(clusters: ClusterCells): ClusterCells {
  const { cells, starts, strata } = clusters;
  if (starts.length - 1 <= BLOCK_ITEMS_MAX) return clusters;
  // The first cell of each cluster and, after it, its number: sorted as numbers they need no function.
  const keys = Float64Array.from(
    { length: starts.length - 1 },
    (_, cluster) => cells[starts[cluster]!]! * 2 ** 32 + cluster,
  );
  let from = 0;
  for (const to of strata) {
    keys.subarray(from, to).sort();
    from = to;
  }
  const ordered = { cells: new Int32Array(cells.length), starts: new Int32Array(starts.length) };
  keys.forEach((key, place) => {
    const cluster = key % 2 ** 32;
    const members = cells.subarray(starts[cluster]!, starts[cluster + 1]!);
    ordered.cells.set(members, ordered.starts[place]!);
    ordered.starts[place + 1] = ordered.starts[place]! + members.length;
  });
  return { ...ordered, strata };
}
