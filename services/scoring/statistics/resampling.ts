import { type Block, BLOCK_ITEMS_MAX, drawInBlocks } from "./blocks.ts";
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

/** Drawing the count of a cell takes about as long as drawing this many samples one by one. */
const BINOMIAL_COST = 40;

/**
 * @param plan what to draw from
 * @returns the function that draws one replicate
 */
export function resampler(plan: ResamplingPlan): Resampler {
  return plan.kind === "cluster" ? clusterResampler(plan) : rowResampler(plan);
}

function clusterResampler(plan: ClusterPlan): Resampler {
  const { blocks, draw } = drawInBlocks(plan.strata);
  const drawn = new Uint16Array(BLOCK_ITEMS_MAX);
  const count = isPaired(plan.starts) ? countPairs : countClusters;
  return function drawClusters(random, weights): void {
    weights.fill(0);
    draw(random, (block, draws) => {
      const { from, size } = blocks[block]!;
      for (let left = draws; left > 0; left -= BLOCK_ITEMS_MAX) {
        const piece = Math.min(left, BLOCK_ITEMS_MAX);
        random.fill(size, drawn, piece);
        count(plan, from, drawn, piece, weights);
      }
    });
  };
}

/** Whether every cluster has two samples, as exams have breasts. */
function isPaired(starts: Int32Array): boolean {
  return starts.every((start, cluster) => start === 2 * cluster);
}

/** Half of the time of {@linkcode countClusters}: no start has to be looked up. */
function countPairs(
  { cells }: ClusterPlan,
  from: number,
  drawn: Uint16Array,
  count: number,
  weights: Int32Array,
): void {
  for (let at = 0; at < count; at++) {
    const first = 2 * (from + drawn[at]!);
    weights[cells[first]!]! += 1;
    weights[cells[first + 1]!]! += 1;
  }
}

function countClusters(
  { cells, starts }: ClusterPlan,
  from: number,
  drawn: Uint16Array,
  count: number,
  weights: Int32Array,
): void {
  for (let piece = 0; piece < count; piece++) {
    const cluster = from + drawn[piece]!;
    const end = starts[cluster + 1]!;
    for (let at = starts[cluster]!; at < end; at++) weights[cells[at]!]! += 1;
  }
}

/**
 * Samples stand in the order of their cells, so that a block of them is a few neighbouring cells.
 * Drawing with replacement makes the counts of these cells multinomial. Where the cells of a block are
 * far fewer than its samples, as those of negatives are between two cancers, the counts are drawn
 * instead of the samples: the cost then follows the number of positives, not of samples.
 */
function rowResampler({ stratified, positiveScores, counts }: RowPlan): Resampler {
  const cells = repeatCells(counts);
  const negatives = sumOf(counts.subarray(0, 2 * positiveScores + 1));
  const { blocks, draw } = drawInBlocks(stratified ? [negatives, cells.length] : [cells.length]);
  const held = blocks.map((block) => blockCells(cells, block));
  const drawn = new Uint16Array(BLOCK_ITEMS_MAX);
  const scratch = new Int32Array(BLOCK_ITEMS_MAX);
  return function drawRows(random, weights): void {
    weights.fill(0);
    draw(random, (block, draws) => {
      const { from, size } = blocks[block]!;
      const few = held[block]!;
      if (few !== null) {
        multinomial(random, draws, few.counts, size, scratch.fill(0, 0, few.cells.length));
        for (let at = 0; at < few.cells.length; at++) weights[few.cells[at]!]! += scratch[at]!;
        return;
      }
      for (let left = draws; left > 0; left -= BLOCK_ITEMS_MAX) {
        const count = Math.min(left, BLOCK_ITEMS_MAX);
        random.fill(size, drawn, count);
        for (let piece = 0; piece < count; piece++) weights[cells[from + drawn[piece]!]!]! += 1;
      }
    });
  };
}

/**
 * @param plan what to draw from
 * @returns about how many draws one replicate takes
 */
export function rowDraws({ counts }: RowPlan): number {
  return Math.min(sumOf(counts), BINOMIAL_COST * counts.length);
}

/** The cells of a block with what they hold of it, or null where they are too many to draw counts. */
function blockCells(
  cells: Int32Array,
  { from, size }: Block,
): { readonly cells: Int32Array; readonly counts: Int32Array } | null {
  const inBlock = cells.subarray(from, from + size);
  const distinct = inBlock.filter((cell, at) => at === 0 || cell !== inBlock[at - 1]);
  if (distinct.length * BINOMIAL_COST > size) return null;
  const counts = new Int32Array(distinct.length);
  let which = 0;
  for (const cell of inBlock) {
    if (cell !== distinct[which]) which++;
    counts[which]! += 1;
  }
  return { cells: distinct, counts };
}

/** The number of each cell as often as the cell holds a sample. */
function repeatCells(counts: Int32Array): Int32Array {
  const repeated = new Int32Array(sumOf(counts));
  let at = 0;
  for (let cell = 0; cell < counts.length; cell++) {
    repeated.fill(cell, at, at + counts[cell]!);
    at += counts[cell]!;
  }
  return repeated;
}

function sumOf(values: Int32Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
