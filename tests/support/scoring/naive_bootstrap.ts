import { auroc } from "../../../services/scoring/statistics/auroc.ts";
import { auprc } from "../../../services/scoring/statistics/auprc.ts";
import { averagePrecision } from "../../../services/scoring/statistics/average_precision.ts";
import { BLOCK_ITEMS_MAX } from "../../../services/scoring/statistics/blocks.ts";
import type { BootstrapOptions } from "../../../services/scoring/statistics/bootstrap_options.ts";
import { groupClusters } from "../../../services/scoring/statistics/clusters.ts";
import { type Random, stream } from "../../../services/scoring/statistics/random.ts";
import type { ReplicateColumns } from "../../../services/scoring/statistics/replicates.ts";
import type { ClusteredSample } from "../../../services/scoring/statistics/sample.ts";
import { drawnIntegers } from "./drawn_integers.ts";

/**
 * Reference implementation for the fast bootstrap: draws clusters or single samples, copies them and computes every
 * area from scratch. For tests and benchmarks.
 *
 * @returns AUROC, AUPRC and average precision of every replicate; NaN if it drew only one class
 */
export function naiveReplicates(
  sample: ClusteredSample,
  { replicates, seed }: Pick<BootstrapOptions, "replicates" | "seed">,
): ReplicateColumns {
  const members = membersOf(sample);
  const columns = [auroc, auprc, averagePrecision].map((statistic) => ({
    statistic,
    values: new Float64Array(replicates),
  }));
  for (let replicate = 0; replicate < replicates; replicate++) {
    const random = stream(seed, replicate);
    const drawn = drawnItems(random, members.length).flatMap((item) => members[item]!);
    const scores = drawn.map((at) => sample.scores[at]!);
    const labels = Uint8Array.from(drawn, (at) => sample.labels[at]!);
    for (const { statistic, values } of columns) {
      values[replicate] = statistic(scores, labels).value ?? NaN;
    }
  }
  return columns.map(({ values }) => values);
}

/** Up to a block's size draws in bulk like the generator, so that draws can be compared. */
function drawnItems(random: Random, items: number): number[] {
  if (items > BLOCK_ITEMS_MAX) return Array.from({ length: items }, () => random.integer(items));
  return [...drawnIntegers(random, items, items)];
}

function membersOf({ scores, clusters }: ClusteredSample): number[][] {
  const grouping = groupClusters(clusters, scores.length);
  const members: number[][] = Array.from({ length: grouping.clusters }, () => []);
  grouping.clusterOf.forEach((cluster, at) => members[cluster]!.push(at));
  return members;
}
