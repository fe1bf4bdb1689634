import type { Random } from "../../../services/scoring/statistics/random.ts";

/**
 * The integers that `Random.count` counts, in their order; it leaves the generator in the same state.
 *
 * @param bound an integer from 1 to 2^16
 * @returns `count` integers in [0, bound)
 */
export function drawnIntegers(random: Random, bound: number, count: number): Uint16Array {
  const drawn = new Uint16Array(count);
  const unfair = 2 ** 16 % bound;
  let at = 0;
  while (at < count) {
    const word = random.uint32();
    for (const half of [word & 0xffff, word >>> 16]) {
      const product = half * bound;
      if (at < count && product % 2 ** 16 >= unfair) drawn[at++] = Math.floor(product / 2 ** 16);
    }
  }
  return drawn;
}
