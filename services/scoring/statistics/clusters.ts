import { BLOCK_ITEMS_MAX, drawInBlocks } from "./blocks.ts";
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
  const clusterOf = new Int32Array(samples);
  let clusters = 0;
  // Ids as small as positions, as a registered dataset has, are looked up without hashing.
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
 * Orders clusters, within their stratum, by their first cell, and those of a block by their last: counting
 * block after block then goes through the memory from one end to the other.
 *
 * @param clusters in any order
 * @returns the same clusters; those of one block stay as they are, where it makes no difference
 */
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

/** Items by ascending key, those of one key in the order in which they come; in linear time. */
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
