import { groupClusters } from "./clusters.ts";
import type { ClusteredSample } from "./sample.ts";
import { type ClusterSums, NO_SUMS, SUM_NAMES } from "./threshold_metrics.ts";

/** The outcome counts of a cluster at one threshold. */
export interface ClusterKind extends ClusterSums {
  readonly clusters: number;
}

/**
 * Counts the clusters of each kind at a threshold. There are few kinds (ten for exams with two breasts), and their
 * counts determine every metric. Those with a positive come first.
 */
export function clusterKinds(sample: ClusteredSample, threshold: number): ClusterKind[] {
  const { clusters, units } = sample;
  const inUnits = clusters !== null && units !== undefined;
  const { kinds, kindOf, unitOf } = unitKinds(sample, inUnits ? units : clusters, threshold);
  const found = inUnits
    ? kindsOfUnits(kinds, kindOf, unitOf, clusters)
    : countKinds(kindOf, (kind) => String(kind), (kind) => kinds[kind]!);
  return found.sort((a, b) => Number(holdsPositive(b)) - Number(holdsPositive(a)));
}

/** Whether a cluster of this kind has a positive. */
export function holdsPositive({ truePositives, falseNegatives }: ClusterSums): boolean {
  return truePositives + falseNegatives > 0;
}

/** The kinds of units that occur, the kind of each unit, and the unit of each sample. */
function unitKinds(
  { scores, labels }: ClusteredSample,
  ids: Int32Array | null,
  threshold: number,
): { kinds: ClusterSums[]; kindOf: Int32Array; unitOf: Int32Array } {
  const { clusters: units, clusterOf: unitOf } = groupClusters(ids, scores.length);
  // Four counts per unit: true positives, false negatives, false positives, true negatives.
  const counts = new Int32Array(4 * units);
  for (let at = 0; at < scores.length; at++) {
    const called = scores[at]! >= threshold;
    const which = labels[at] === 1 ? (called ? 0 : 1) : (called ? 2 : 3);
    counts[4 * unitOf[at]! + which]! += 1;
  }
  const kinds: ClusterSums[] = [];
  const numbers = new Map<string, number>();
  const kindOf = new Int32Array(units);
  for (let unit = 0; unit < units; unit++) {
    const four = counts.subarray(4 * unit, 4 * unit + 4);
    const key = `${four[0]} ${four[1]} ${four[2]} ${four[3]}`;
    let number = numbers.get(key);
    if (number === undefined) {
      number = kinds.push(sumsOfUnit(four)) - 1;
      numbers.set(key, number);
    }
    kindOf[unit] = number;
  }
  return { kinds, kindOf, unitOf };
}

function sumsOfUnit(counts: Int32Array): ClusterSums {
  const [truePositives, falseNegatives, falsePositives, trueNegatives] = counts as unknown as [
    ...[number, number, number, number],
  ];
  const called = truePositives + falsePositives > 0 ? 1 : 0;
  return truePositives + falseNegatives > 0
    ? {
      ...NO_SUMS,
      ...{ truePositives, falseNegatives },
      clustersWith: 1,
      calledWith: called,
      found: truePositives > 0 ? 1 : 0,
      falsePositivesWith: falsePositives,
      trueNegativesWith: trueNegatives,
    }
    : {
      ...NO_SUMS,
      clustersWithout: 1,
      calledWithout: called,
      falsePositivesWithout: falsePositives,
      trueNegativesWithout: trueNegatives,
    };
}

/** Clusters are of the same kind if their units are. */
function kindsOfUnits(
  kinds: readonly ClusterSums[],
  kindOf: Int32Array,
  unitOf: Int32Array,
  ids: Int32Array,
): ClusterKind[] {
  const { clusters, clusterOf } = groupClusters(ids, ids.length);
  const members: number[][] = Array.from({ length: clusters }, () => []);
  const seen = new Uint8Array(kindOf.length);
  for (let at = 0; at < unitOf.length; at++) {
    const unit = unitOf[at]!;
    if (seen[unit] === 1) continue;
    seen[unit] = 1;
    members[clusterOf[at]!]!.push(kindOf[unit]!);
  }
  return countKinds(
    members,
    (of) => of.sort((a, b) => a - b).join(),
    (of) => addSums(of.map((kind) => kinds[kind]!)),
  );
}

function countKinds<Cluster>(
  clusters: Iterable<Cluster>,
  keyOf: (cluster: Cluster) => string,
  sumsOf: (cluster: Cluster) => ClusterSums,
): ClusterKind[] {
  const found = new Map<string, ClusterSums & { clusters: number }>();
  for (const cluster of clusters) {
    const key = keyOf(cluster);
    const kind = found.get(key);
    if (kind === undefined) found.set(key, { ...sumsOf(cluster), clusters: 1 });
    else kind.clusters += 1;
  }
  return [...found.values()];
}

function addSums(all: readonly ClusterSums[]): ClusterSums {
  const total = { ...NO_SUMS };
  for (const one of all) {
    for (const name of SUM_NAMES) total[name] += one[name];
  }
  return total;
}
