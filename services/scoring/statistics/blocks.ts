import { multinomial } from "./multinomial.ts";
import { placesOfHalves, type Random } from "./random.ts";

/**
 * Items of one block: few enough for the first cache of a processor, many enough that drawing how many
 * come from a block costs nothing.
 */
export const BLOCK_ITEMS_MAX = 4096;

/** Items of a block from which on a table of its draws pays over the usual thousands of replicates. */
export const TABLE_ITEMS_MIN = 256;

/** Items next to each other. */
export interface Block {
  /** Number of the first. */
  readonly from: number;
  /** How many. */
  readonly size: number;
}

/** Draws from every block in turn. */
export type DrawBlocks = (
  random: Random,
  /** Is told how often to draw from which block. */
  visit: (block: number, draws: number) => void,
) => void;

/** Items that are drawn with replacement, as many as there are in each stratum. */
export interface BlockDrawing {
  readonly blocks: readonly Block[];
  readonly draw: DrawBlocks;
}

/**
 * Parts items into blocks. How many of the draws fall into each block is multinomial; within a block
 * items are then drawn one by one: the same distribution as drawing from all items at once, with
 * memory that is close together.
 *
 * @param strata where each stratum of items ends, ascending
 * @returns the blocks, and a function that draws from them
 */
export function drawInBlocks(strata: readonly number[]): BlockDrawing {
  const parts = strata.map((end, at) => blocksBetween(strata[at - 1] ?? 0, end));
  const sizes = parts.map((blocks) => Int32Array.from(blocks, ({ size }) => size));
  const totals = strata.map((end, at) => end - (strata[at - 1] ?? 0));
  const draws = sizes.map((counts) => new Int32Array(counts.length));
  return {
    blocks: parts.flat(),
    draw(random, visit): void {
      let block = 0;
      for (let stratum = 0; stratum < sizes.length; stratum++) {
        const counts = draws[stratum]!.fill(0);
        multinomial(random, totals[stratum]!, sizes[stratum]!, totals[stratum]!, counts);
        for (let at = 0; at < counts.length; at++) visit(block++, counts[at]!);
      }
    },
  };
}

/** Is told how often each item was drawn, block after block: `counts[at]` times the item `from + at`. */
export type VisitCounts = (from: number, counts: Int32Array) => void;

/**
 * @param strata where each stratum of items ends, ascending
 * @returns a function that draws as many items of each stratum as there are, with replacement
 */
export function countInBlocks(
  strata: readonly number[],
): (random: Random, visit: VisitCounts) => void {
  const { blocks, draw } = drawInBlocks(strata);
  // Blocks of a stratum have one of two sizes, hence few tables; what is rejected is counted behind the items.
  const sizes = new Set(blocks.map(({ size }) => size).filter((size) => size >= TABLE_ITEMS_MIN));
  const tables = new Map([...sizes].map((size) => [
    size,
    placesOfHalves(Uint16Array.from({ length: size }, (_, at) => at), size),
  ]));
  const buffer = new Int32Array(BLOCK_ITEMS_MAX + 1);
  return (random, visit) =>
    draw(random, (block, draws) => {
      const { from, size } = blocks[block]!;
      const table = tables.get(size);
      const counts = buffer.subarray(0, size + 1).fill(0);
      for (let left = draws; left > 0; left -= BLOCK_ITEMS_MAX) {
        const piece = Math.min(left, BLOCK_ITEMS_MAX);
        if (table) random.tally(table, counts, piece);
        else random.count(size, counts, piece);
      }
      visit(from, counts.subarray(0, size));
    });
}

function blocksBetween(from: number, to: number): Block[] {
  const count = Math.ceil((to - from) / BLOCK_ITEMS_MAX);
  return Array.from({ length: count }, (_, at) => {
    const start = from + Math.floor((to - from) * at / count);
    return { from: start, size: from + Math.floor((to - from) * (at + 1) / count) - start };
  });
}
