import { layOutCells } from "./cells.ts";
import { groupClusters, orderByCluster } from "./clusters.ts";
import { midranks } from "./midranks.ts";
import { differenceWriter, lossDifferences, type PairedSample } from "./paired_replicates.ts";
import type { ReplicatedStatistics } from "./replicated_statistics.ts";

/**
 * Two classifiers whose scores change places within a cluster, as arrays that can be sent to a
 * worker. Samples stand cluster after cluster; both classifiers' cells are of one layout.
 */
export interface PermutationPlan {
  readonly kind: "permutation";
  /** K of the common layout, see `areas.ts`. */
  readonly positiveScores: number;
  /** Cells under A's scores, one a sample. */
  readonly cellsA: Int32Array;
  /** Cells under B's scores. */
  readonly cellsB: Int32Array;
  /** Where each cluster starts, and at the end how many samples there are. */
  readonly starts: Int32Array;
  /** What A's squared error is above B's; null where scores are no probabilities. */
  readonly lossDifferences: Float64Array | null;
}

/**
 * Scores of two classifiers need not be on one scale, so that it is their ranks that change places
 * (Venkatraman and Begg 1996, doi:10.1093/biomet/83.4.835). The areas depend on ranks alone.
 *
 * @param sample two classifiers on the same samples, checked, with both classes
 */
export function permutationPlan(sample: PairedSample): PermutationPlan {
  const { scoresA, scoresB, labels, clusters } = sample;
  const samples = labels.length;
  const ranks = new Float64Array(2 * samples);
  ranks.set(midranks(scoresA));
  ranks.set(midranks(scoresB), samples);
  const twice = new Uint8Array(2 * samples);
  twice.set(labels);
  twice.set(labels, samples);
  const { positiveScores, cellOf } = layOutCells(ranks, twice);
  const { order, starts } = orderByCluster(groupClusters(clusters, samples), null);
  const losses = lossDifferences(scoresA, scoresB, labels);
  return {
    kind: "permutation",
    positiveScores,
    cellsA: order.map((at) => cellOf[at]!),
    cellsB: order.map((at) => cellOf[samples + at]!),
    starts,
    lossDifferences: losses === null ? null : Float64Array.from(order, (at) => losses[at]!),
  };
}

/** What A is above B in AUROC, AUPRC, average precision and Brier score, after the exchange. */
export function permutationStatistics(plan: PermutationPlan): ReplicatedStatistics {
  return {
    columns: 4,
    replicate: exchanger(plan, (random) => random.uint32() >>> 31 === 1),
  };
}

/** @returns the differences where nothing is exchanged, added up in the same order */
export function observedDifferences(plan: PermutationPlan): Float64Array {
  const into = new Float64Array(4);
  exchanger(plan, () => false)(null, into);
  return into;
}

function exchanger<R>(
  { positiveScores, cellsA, cellsB, starts, lossDifferences: losses }: PermutationPlan,
  isExchanged: (random: R) => boolean,
): (random: R, into: Float64Array) => void {
  const weightsA = new Int32Array(3 * positiveScores + 1);
  const weightsB = new Int32Array(3 * positiveScores + 1);
  const write = differenceWriter(positiveScores, positiveScores);
  const clusters = starts.length - 1;
  return function exchange(random, into): void {
    weightsA.fill(0);
    weightsB.fill(0);
    let loss = 0;
    for (let cluster = 0; cluster < clusters; cluster++) {
      const exchanged = isExchanged(random);
      const [first, second] = exchanged ? [weightsB, weightsA] : [weightsA, weightsB];
      const end = starts[cluster + 1]!;
      for (let at = starts[cluster]!; at < end; at++) {
        first[cellsA[at]!]! += 1;
        second[cellsB[at]!]! += 1;
        if (losses !== null) loss += exchanged ? -losses[at]! : losses[at]!;
      }
    }
    write(weightsA, weightsB, losses === null ? NaN : loss / cellsA.length, into);
  };
}
