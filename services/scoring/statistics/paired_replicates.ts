import { type Areas, areasOfCells } from "./areas.ts";
import { countInBlocks } from "./blocks.ts";
import { layOutCells } from "./cells.ts";
import { groupClusters, orderByCluster } from "./clusters.ts";
import type { ClusterOrder } from "./clusters.ts";
import type { ReplicatedStatistics } from "./replicated_statistics.ts";
import type { ClusteredSample, Labels, Scores } from "./sample.ts";

/** Two classifiers on the same samples. */
export interface PairedSample extends Pick<ClusteredSample, "labels" | "clusters"> {
  /** Finite scores of classifier A, one per sample. */
  readonly scoresA: Scores;
  /** Finite scores of classifier B, of the same samples in the same order. */
  readonly scoresB: Scores;
}

/** Two classifiers as arrays that can be sent to a worker, ordered by cluster. */
export interface PairedPlan extends Pick<ClusterOrder, "starts" | "strata"> {
  readonly kind: "paired";
  readonly a: PairedCells;
  readonly b: PairedCells;
  /** A's squared error minus B's, per sample; null if scores are not probabilities. */
  readonly lossDifferences: Float64Array | null;
}

/** The cells of one classifier, see `areas.ts`. */
export interface PairedCells {
  readonly positiveScores: number;
  /** One per sample. */
  readonly cells: Int32Array;
}

/** Makes the plan of a paired bootstrap of a checked sample with both classes. */
export function pairedPlan(sample: PairedSample, stratified: boolean): PairedPlan {
  const { scoresA, scoresB, labels, clusters } = sample;
  const { order, starts, strata } = orderByCluster(
    groupClusters(clusters, labels.length),
    stratified ? labels : null,
  );
  const losses = lossDifferences(scoresA, scoresB, labels);
  return {
    kind: "paired",
    a: orderedCells(scoresA, labels, order),
    b: orderedCells(scoresB, labels, order),
    starts,
    strata,
    lossDifferences: losses === null ? null : Float64Array.from(order, (at) => losses[at]!),
  };
}

function orderedCells(scores: Scores, labels: Labels, order: Int32Array): PairedCells {
  const { positiveScores, cellOf } = layOutCells(scores, labels);
  return { positiveScores, cells: order.map((at) => cellOf[at]!) };
}

/** A's squared error minus B's per sample; null if a score is outside [0, 1]. */
export function lossDifferences(
  scoresA: Scores,
  scoresB: Scores,
  labels: Labels,
): Float64Array | null {
  const differences = new Float64Array(labels.length);
  for (let at = 0; at < labels.length; at++) {
    const a = scoresA[at]!;
    const b = scoresB[at]!;
    if (a < 0 || a > 1 || b < 0 || b > 1) return null;
    differences[at] = (a - labels[at]!) ** 2 - (b - labels[at]!) ** 2;
  }
  return differences;
}

/** A minus B in AUROC, AUPRC, average precision and Brier score: one column each. */
export function pairedStatistics(plan: PairedPlan): ReplicatedStatistics {
  const { a, b, starts, strata } = plan;
  const losses = plan.lossDifferences;
  const draw = countInBlocks(strata);
  const weightsA = new Int32Array(3 * a.positiveScores + 1);
  const weightsB = new Int32Array(3 * b.positiveScores + 1);
  const write = differenceWriter(a.positiveScores, b.positiveScores);
  return {
    columns: 4,
    replicate(random, into): void {
      weightsA.fill(0);
      weightsB.fill(0);
      let loss = 0;
      let samples = 0;
      draw(random, (from, counts) => {
        for (let piece = 0; piece < counts.length; piece++) {
          const count = counts[piece]!;
          if (count === 0) continue;
          const end = starts[from + piece + 1]!;
          for (let at = starts[from + piece]!; at < end; at++) {
            weightsA[a.cells[at]!]! += count;
            weightsB[b.cells[at]!]! += count;
            if (losses !== null) loss += count * losses[at]!;
            samples += count;
          }
        }
      });
      write(weightsA, weightsB, losses === null ? NaN : loss / samples, into);
    },
  };
}

/** Returns a function that turns both classifiers' weights into the four differences. */
export function differenceWriter(
  positiveScoresA: number,
  positiveScoresB: number,
): (weightsA: Int32Array, weightsB: Int32Array, brier: number, into: Float64Array) => void {
  const areasA: Areas = { auroc: 0, auprc: 0, averagePrecision: 0 };
  const areasB: Areas = { auroc: 0, auprc: 0, averagePrecision: 0 };
  return function writeDifferences(weightsA, weightsB, brier, into): void {
    areasOfCells(weightsA, positiveScoresA, areasA);
    areasOfCells(weightsB, positiveScoresB, areasB);
    const usable = !Number.isNaN(areasA.auroc);
    into[0] = areasA.auroc - areasB.auroc;
    into[1] = usable ? areasA.auprc - areasB.auprc : NaN;
    into[2] = usable ? areasA.averagePrecision - areasB.averagePrecision : NaN;
    // A one-class replicate has a Brier score, but all metrics must use the same replicates.
    into[3] = usable ? brier : NaN;
  };
}
