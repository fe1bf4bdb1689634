import { BLOCK_ITEMS_MAX, drawInBlocks } from "./blocks.ts";
import type { Labels } from "./sample.ts";

/** Clusters numbered from 0 in order of first appearance. */
export interface ClusterGrouping {
  readonly clusters: number;
  /** Cluster number of each sample, in sample order. */
  readonly clusterOf: Int32Array;
}

/**
 * Numbers the clusters; null makes every sample its own cluster.
 * @throws {RangeError} if the number of IDs differs from the number of samples
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
  const clusterOf = new Int32Array(samples);
  let clusters = 0;
  // IDs below the number of samples, as in registered datasets, are looked up without hashing.
  const numbers = new Int32Array(samples);
  const others = new Map<number, number>();
  for (let at = 0; at < samples; at++) {
    const id = ids[at]!;
    const small = id >= 0 && id < samples;
    let number = small ? numbers[id]! : others.get(id) ?? 0;
    if (number === 0) {
      number = ++clusters;
      if (small) numbers[id] = number;
      else others.set(id, number);
    }
    clusterOf[at] = number - 1;
  }
  return { clusters, clusterOf };
}

/** An order of samples that puts members of a cluster side by side. */
export interface ClusterOrder {
  /** Sample indices, cluster by cluster, stratum by stratum. */
  readonly order: Int32Array;
  /** Start of each cluster in `order`, then the length of `order`. */
  readonly starts: Int32Array;
  /** End of each stratum, in clusters: `[clusters]` for one stratum. */
  readonly strata: readonly number[];
}

/** Orders samples by cluster; by labels, clusters with a positive form a stratum of their own and come first. */
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

/** Cells of samples, cluster by cluster, stratum by stratum. */
export interface ClusterCells extends Pick<ClusterOrder, "starts" | "strata"> {
  readonly cells: Int32Array;
}

/** Sorts clusters so that counting block by block walks through memory in order. */
export function neighboursTogether(clusters: ClusterCells): ClusterCells {
  const { cells, starts, strata } = clusters;
  if (starts.length - 1 <= BLOCK_ITEMS_MAX) return clusters;
  const count = starts.length - 1;
  const all = Int32Array.from({ length: count }, (_, cluster) => cluster);
  const first = all.map((cluster) => cells[starts[cluster]!]!);
  const last = all.map((cluster) => cells[starts[cluster + 1]! - 1]!);
  const byFirst = strata.map((end, at) => sortedBy(all.subarray(strata[at - 1] ?? 0, end), first));
  const blockOf = new Int32Array(count);
  for (const [block, { from, size }] of drawInBlocks(strata).blocks.entries()) {
    const stratum = strata.findIndex((end) => from < end);
    const start = from - (strata[stratum - 1] ?? 0);
    for (let at = 0; at < size; at++) blockOf[byFirst[stratum]![start + at]!] = block;
  }
  const order = sortedBy(sortedBy(all, last), blockOf);
  const ordered = { cells: new Int32Array(cells.length), starts: new Int32Array(starts.length) };
  let next = 0;
  for (let place = 0; place < count; place++) {
    const end = starts[order[place]! + 1]!;
    for (let at = starts[order[place]!]!; at < end; at++) ordered.cells[next++] = cells[at]!;
    ordered.starts[place + 1] = next;
  }
  return { ...ordered, strata };
}

/** Stable counting sort by key, in linear time. */
function sortedBy(items: Int32Array, keyOf: Int32Array): Int32Array {
  let keys = 0;
  for (let at = 0; at < items.length; at++) keys = Math.max(keys, keyOf[items[at]!]! + 1);
  const next = new Int32Array(keys + 1);
  for (let at = 0; at < items.length; at++) next[keyOf[items[at]!]! + 1]! += 1;
  for (let key = 1; key < keys; key++) next[key]! += next[key - 1]!;
  const sorted = new Int32Array(items.length);
  for (let at = 0; at < items.length; at++) {
    const key = keyOf[items[at]!]!;
    sorted[next[key]!] = items[at]!;
    next[key]! += 1;
  }
  return sorted;
}
