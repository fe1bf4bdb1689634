import { binomial } from "./binomial.ts";
import type { ClusterOrder } from "./clusters.ts";
import { multinomial } from "./multinomial.ts";
import type { Random } from "./random.ts";

/**
 * All that a replicate of the areas needs to know of a sample, as plain arrays that can be sent to a
 * worker. Cells are numbered as in `areas.ts`.
 */
export type ResamplingPlan = RowPlan | ClusterPlan;

/** Samples are drawn one by one, or within each class. */
export interface RowPlan {
  readonly kind: "row";
  /** Keeps the number of positives and negatives instead of letting them vary. */
  readonly stratified: boolean;
  /** K: how many distinct scores the positives have. */
  readonly positiveScores: number;
  /** How many samples each cell holds. */
  readonly counts: Int32Array;
}

/** Clusters are drawn, each with all its samples. */
export interface ClusterPlan extends Pick<ClusterOrder, "starts" | "strata"> {
  readonly kind: "cluster";
  /** K: how many distinct scores the positives have. */
  readonly positiveScores: number;
  /** Cells of the samples, cluster after cluster. */
  readonly cells: Int32Array;
}

/** Draws one replicate: writes how many samples fall into each cell. */
export type Resampler = (random: Random, weights: Int32Array) => void;

/**
 * @param plan what to draw from
 * @returns the function that draws one replicate
 */
export function resampler(plan: ResamplingPlan): Resampler {
  return plan.kind === "cluster" ? clusterResampler(plan) : rowResampler(plan);
}

function clusterResampler({ cells, starts, strata }: ClusterPlan): Resampler {
  return function drawClusters(random, weights): void {
    weights.fill(0);
    let from = 0;
    for (const to of strata) {
      for (let draw = from; draw < to; draw++) {
        const cluster = from + random.integer(to - from);
        const end = starts[cluster + 1]!;
        for (let at = starts[cluster]!; at < end; at++) weights[cells[at]!]! += 1;
      }
      from = to;
    }
  };
}

/**
 * Drawing n of n samples with replacement makes the counts of the cells multinomial, and they can be
 * drawn as such: first how many positives there are, then those one by one, then the negatives cell
 * by cell, each count binomial given the ones before. Exact in distribution, and the cost follows
 * the number of positives, not of samples.
 */
function rowResampler({ stratified, positiveScores, counts }: RowPlan): Resampler {
  const positivesFrom = 2 * positiveScores + 1;
  const positiveCells = repeatCells(counts, positivesFrom);
  const positives = positiveCells.length;
  const negativeCounts = counts.subarray(0, positivesFrom);
  const negatives = sumOf(negativeCounts);
  const samples = positives + negatives;
  return function drawRows(random, weights): void {
    weights.fill(0);
    const found = stratified ? positives : binomial(random, samples, positives / samples);
    for (let draw = 0; draw < found; draw++) {
      weights[positiveCells[random.integer(positives)]!]! += 1;
    }
    multinomial(random, samples - found, negativeCounts, negatives, weights);
  };
}

/** The number of each cell from `first` on, as often as the cell holds a sample. */
function repeatCells(counts: Int32Array, first: number): Int32Array {
  const repeated = new Int32Array(sumOf(counts.subarray(first)));
  let at = 0;
  for (let cell = first; cell < counts.length; cell++) {
    repeated.fill(cell, at, at + counts[cell]!);
    at += counts[cell]!;
  }
  return repeated;
}

function sumOf(values: Int32Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
