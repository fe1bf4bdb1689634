import { auroc } from "./auroc.ts";
import { auprc } from "./auprc.ts";
import { averagePrecision } from "./average_precision.ts";
import {
  type BootstrapIntervals,
  type BootstrapOptions,
  checkBootstrapOptions,
  type ClusteredSample,
  noIntervals,
  percentileIntervals,
  tooLittle,
} from "./bootstrap.ts";
import { groupClusters } from "./clusters.ts";
import { stream } from "./random.ts";
import type { Replicates } from "./replicates.ts";
import { checkSample } from "./sample.ts";

/**
 * The oracle of the fast bootstrap: draws clusters, copies their samples and computes every area
 * anew by the plain functions. The same draws as `bootstrapByCluster`; with every sample a cluster
 * of its own it is the plain bootstrap by row. For tests and benchmarks.
 *
 * @param sample scores, labels and clusters
 * @param options replicates, seed, confidence
 * @returns the intervals
 * @throws {RangeError} where sample or options are out of bounds
 */
export function naiveBootstrap(
  sample: ClusteredSample,
  options: BootstrapOptions,
): BootstrapIntervals {
  checkBootstrapOptions(options);
  const reason = tooLittle(checkSample(sample.scores, sample.labels));
  if (reason !== null) return noIntervals("cluster", reason, options);
  return percentileIntervals("cluster", naiveReplicates(sample, options), options);
}

/**
 * @param sample scores, labels and clusters
 * @param options how many replicates, and their seed
 * @returns the areas of all usable replicates
 */
export function naiveReplicates(
  sample: ClusteredSample,
  { replicates, seed }: Pick<BootstrapOptions, "replicates" | "seed">,
): Replicates {
  const members = membersOf(sample);
  const areas = { auroc: [], auprc: [], averagePrecision: [] } as Record<string, number[]>;
  for (let replicate = 0; replicate < replicates; replicate++) {
    const random = stream(seed, replicate);
    const drawn = members.flatMap(() => members[random.integer(members.length)]!);
    const scores = drawn.map((at) => sample.scores[at]!);
    const labels = Uint8Array.from(drawn, (at) => sample.labels[at]!);
    const area = auroc(scores, labels).value;
    if (area === null) continue;
    areas.auroc!.push(area);
    areas.auprc!.push(auprc(scores, labels).value!);
    areas.averagePrecision!.push(averagePrecision(scores, labels).value!);
  }
  return {
    auroc: Float64Array.from(areas.auroc!),
    auprc: Float64Array.from(areas.auprc!),
    averagePrecision: Float64Array.from(areas.averagePrecision!),
    discarded: replicates - areas.auroc!.length,
  };
}

function membersOf({ scores, clusters }: ClusteredSample): number[][] {
  const grouping = groupClusters(clusters, scores.length);
  const members: number[][] = Array.from({ length: grouping.clusters }, () => []);
  grouping.clusterOf.forEach((cluster, at) => members[cluster]!.push(at));
  return members;
}
