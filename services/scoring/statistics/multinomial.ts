import { binomial } from "./binomial.ts";
import type { Random } from "./random.ts";

/**
 * Draws with replacement from cells with `counts` members, `held` in all: each count is binomial given the previous
 * ones, in time that depends on cells, not draws. `drawn` receives them; cells that cannot be drawn are not written.
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
