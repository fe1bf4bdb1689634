import { multinomial } from "./multinomial.ts";
import { placesOfHalves, type Random } from "./random.ts";

/** Maximum items per block: fits a processor's L1 cache, and drawing counts stays cheap. */
export const BLOCK_ITEMS_MAX = 4096;

/** From this block size on, a table pays off over the usual thousands of replicates. */
export const TABLE_ITEMS_MIN = 256;

export interface Block {
  readonly from: number;
  readonly size: number;
}

/** Draws from every block in turn. */
export type DrawBlocks = (
  random: Random,
  visit: (block: number, draws: number) => void,
) => void;

/** Draws items with replacement, as many as each stratum holds. */
export interface BlockDrawing {
  readonly blocks: readonly Block[];
  readonly draw: DrawBlocks;
}

/**
 * Splits items into blocks: a multinomial number of draws per block, then one by one within it. The distribution equals
 * drawing from all items at once, with better memory locality. `strata` are ascending ends.
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

/** Receives draws per item, block by block: item `from + at` was drawn `counts[at]` times. */
export type VisitCounts = (from: number, counts: Int32Array) => void;

/** Draws with replacement as many items as each ascending stratum end holds. */
export function countInBlocks(
  strata: readonly number[],
): (random: Random, visit: VisitCounts) => void {
  const { blocks, draw } = drawInBlocks(strata);
  // Blocks of a stratum have at most two sizes, so tables are few. The last slot counts rejections.
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
