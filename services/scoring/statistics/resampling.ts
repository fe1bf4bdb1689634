import { BLOCK_ITEMS_MAX, countInBlocks, drawInBlocks, TABLE_ITEMS_MIN } from "./blocks.ts";
import type { Block } from "./blocks.ts";
import type { ClusterOrder } from "./clusters.ts";
import { multinomial } from "./multinomial.ts";
import { placesOfHalves, type Random } from "./random.ts";

/** What a replicate needs of a sample; cells are numbered as in `areas.ts`. */
export type ResamplingPlan = RowPlan | ClusterPlan;

/** Draws samples one by one, or within each class. */
export interface RowPlan {
  readonly kind: "row";
  /** Keeps the numbers of positives and negatives fixed. */
  readonly stratified: boolean;
  /** K: the number of distinct scores of positives. */
  readonly positiveScores: number;
  /** Samples per cell. */
  readonly counts: Int32Array;
}

/** Draws clusters, each with all its samples. */
export interface ClusterPlan extends Pick<ClusterOrder, "starts" | "strata"> {
  readonly kind: "cluster";
  /** K: the number of distinct scores of positives. */
  readonly positiveScores: number;
  /** Cells of the samples, cluster by cluster. */
  readonly cells: Int32Array;
}

/** Writes the number of samples in each cell; the value of the last slot means nothing. */
export type Resampler = (random: Random, weights: Int32Array) => void;

/** Tables have 128 KiB: these fit a processor's L2 cache. Making one takes some 30,000 draws. */
const TABLES_MAX = 4;

/** A table holds cells in 16 bits, and one number more for rejected draws. */
const TABLE_CELLS_MAX = 2 ** 16;

/** Drawing the count of a cell takes about as long as drawing this many samples one by one. */
const BINOMIAL_COST = 40;

export function resampler(plan: ResamplingPlan): Resampler {
  return plan.kind === "cluster" ? clusterResampler(plan) : rowResampler(plan);
}

function clusterResampler(plan: ClusterPlan): Resampler {
  const draw = countInBlocks(plan.strata);
  const add = isPaired(plan.starts) ? addPairs : addClusters;
  return function drawClusters(random, weights): void {
    weights.fill(0);
    draw(random, (from, counts) => add(plan, from, counts, weights));
  };
}

/** Whether every cluster has two samples, such as the breasts of an exam. */
function isPaired(starts: Int32Array): boolean {
  return starts.every((start, cluster) => start === 2 * cluster);
}

/** {@linkcode addClusters} without looking up where clusters start. */
function addPairs(
  { cells }: ClusterPlan,
  from: number,
  counts: Int32Array,
  weights: Int32Array,
): void {
  for (let at = 0, cell = 2 * from; at < counts.length; at++, cell += 2) {
    const count = counts[at]!;
    weights[cells[cell]!]! += count;
    weights[cells[cell + 1]!]! += count;
  }
}

function addClusters(
  { cells, starts }: ClusterPlan,
  from: number,
  counts: Int32Array,
  weights: Int32Array,
): void {
  for (let at = 0, cell = starts[from]!; at < counts.length; at++) {
    const count = counts[at]!;
    for (const end = starts[from + at + 1]!; cell < end; cell++) weights[cells[cell]!]! += count;
  }
}

/**
 * Samples are ordered by cell. If a block has far fewer cells than samples (as negatives between two cancers do), their
 * multinomial counts are drawn instead: the cost then depends on the number of positives.
 */
function rowResampler({ stratified, positiveScores, counts }: RowPlan): Resampler {
  const cells = repeatCells(counts);
  const negatives = sumOf(counts.subarray(0, 2 * positiveScores + 1));
  const { blocks, draw } = drawInBlocks(stratified ? [negatives, cells.length] : [cells.length]);
  const draws = rowDrawers(blocks.map((block) => blockCells(cells, block)), counts.length);
  return function drawRows(random, weights): void {
    weights.fill(0);
    draw(random, (block, count) => draws[block]!(random, count, weights));
  };
}

/** Draws rows of one block and adds them to their cells. */
type DrawBlock = (random: Random, count: number, weights: Int32Array) => void;

/** Chooses the fastest way; all draw the same numbers, or for few cells the same distribution. */
function rowDrawers(blocks: readonly BlockCells[], rejected: number): DrawBlock[] {
  const oneByOne = blocks.filter((block) => !hasFewCells(block)).length;
  const tablesFit = oneByOne <= TABLES_MAX && rejected < TABLE_CELLS_MAX;
  return blocks.map((block) => {
    if (hasFewCells(block)) return drawCounts(block);
    const hasTable = tablesFit && block.cellOf.length >= TABLE_ITEMS_MIN;
    return hasTable ? drawByTable(block, rejected) : drawRow(block);
  });
}

function hasFewCells({ cellOf, counts }: BlockCells): boolean {
  return counts.length * BINOMIAL_COST <= cellOf.length;
}

function drawCounts({ cellOf, cells, counts }: BlockCells): DrawBlock {
  const drawn = new Int32Array(counts.length);
  return (random, count, weights) => {
    multinomial(random, count, counts, cellOf.length, drawn.fill(0));
    for (let at = 0; at < drawn.length; at++) weights[cells[at]!]! += drawn[at]!;
  };
}

function drawByTable({ cellOf }: BlockCells, rejected: number): DrawBlock {
  const cellOfHalf = placesOfHalves(Uint16Array.from(cellOf), rejected);
  return (random, count, weights) => {
    for (let left = count; left > 0; left -= BLOCK_ITEMS_MAX) {
      random.tally(cellOfHalf, weights, Math.min(left, BLOCK_ITEMS_MAX));
    }
  };
}

function drawRow({ cellOf }: BlockCells): DrawBlock {
  const drawn = new Int32Array(cellOf.length);
  return (random, count, weights) => {
    drawn.fill(0);
    for (let left = count; left > 0; left -= BLOCK_ITEMS_MAX) {
      random.count(cellOf.length, drawn, Math.min(left, BLOCK_ITEMS_MAX));
    }
    for (let at = 0; at < drawn.length; at++) weights[cellOf[at]!]! += drawn[at]!;
  };
}

export function rowDraws({ counts }: RowPlan): number {
  return Math.min(sumOf(counts), BINOMIAL_COST * counts.length);
}

/** The samples of a block, by cell. */
interface BlockCells {
  readonly cellOf: Int32Array;
  /** The distinct cells of the block. */
  readonly cells: Int32Array;
  /** Samples of the block in each of `cells`. */
  readonly counts: Int32Array;
}

function blockCells(cells: Int32Array, { from, size }: Block): BlockCells {
  const cellOf = cells.subarray(from, from + size);
  const distinct = cellOf.filter((cell, at) => at === 0 || cell !== cellOf[at - 1]);
  const counts = new Int32Array(distinct.length);
  let place = 0;
  for (const cell of cellOf) {
    if (cell !== distinct[place]) place++;
    counts[place]! += 1;
  }
  return { cellOf, cells: distinct, counts };
}

/** Repeats each cell number once per sample in it. */
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
