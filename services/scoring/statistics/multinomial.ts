import { binomial } from "./binomial.ts";
import type { Random } from "./random.ts";

/**
 * Draws with replacement from cells that hold `counts` members: each count is binomial given the ones
 * before, which is exact and takes time by cells, not by draws.
 *
 * @param draws how many to draw
 * @param counts how many members each cell holds; above 0 in all
 * @param drawn takes the number drawn from each cell; only cells from which something could be drawn
 * are written
 */
export function multinomial(
  random: Random,
  draws: number,
  counts: Int32Array,
  held: number,
  drawn: Int32Array,
): void {
  let left = draws;
  let among = held;
  for (let cell = 0; left > 0; cell++) {
    const count = counts[cell]!;
    if (count === 0) continue;
    const here = count === among ? left : binomial(random, left, count / among);
    drawn[cell] = here;
    left -= here;
    among -= count;
  }
}
