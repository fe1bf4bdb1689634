/** Largest seed: every integer up to here is exact. */
export const SEED_MAX = Number.MAX_SAFE_INTEGER;

const WARM_UP_ROUNDS = 15;
const TWO_TO_16 = 2 ** 16;
const TWO_TO_32 = 2 ** 32;
/** Up to here the product of a 32-bit number and the bound is below 2^53, hence exact. */
const EXACT_PRODUCT_BOUND_MAX = 2 ** 21;

/**
 * Random numbers by sfc32, "small fast counting", of Chris Doty-Humphrey's PractRand 0.93 (2010):
 * 128 bits of state, 32 of them a counter, so every stream has at least 2^32 numbers. Uses only
 * 32-bit integer operations: the same numbers on every machine. Not for cryptography.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** Uses the lowest 32 bits of each seed word. */
  constructor(a: number, b: number, c: number) {
    this.#a = a | 0;
    this.#b = b | 0;
    this.#c = c | 0;
    for (let round = 0; round < WARM_UP_ROUNDS; round++) this.uint32();
  }

  /** Returns a uniform integer in [0, 2^32). */
  uint32(): number {
    const next = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + next) | 0;
    return next >>> 0;
  }

  /** Returns a uniform multiple of 2^−53 in [0, 1). */
  uniform(): number {
    const high = this.uint32() >>> 5;
    const low = this.uint32() >>> 6;
    return (high * 2 ** 26 + low) * 2 ** -53;
  }

  /** Uniform in [0, bound), up to 2^32: rejects the few products that would cause bias (Lemire 2019, doi:10.1145/3230636). */
  integer(bound: number): number {
    if (bound > EXACT_PRODUCT_BOUND_MAX) return this.#integerByRejection(bound);
    let product = this.uint32() * bound;
    if (product >>> 0 < bound) {
      const unfair = TWO_TO_32 % bound;
      while (product >>> 0 < unfair) product = this.uint32() * bound;
    }
    return Math.floor(product / TWO_TO_32);
  }

  /**
   * Adds `count` uniform integers to the counts of [0, bound), two per 32-bit word: as {@linkcode Random.integer} for a
   * bound up to 2^16, in 32-bit arithmetic.
   */
  count(bound: number, into: Int32Array, count: number): void {
    // Local variables are faster than fields in this loop.
    let [a, b, c, counter] = [this.#a, this.#b, this.#c, this.#counter];
    const unfair = TWO_TO_16 % bound;
    let left = count;
    while (left > 0) {
      const word = (((a + b) | 0) + counter) | 0;
      counter = (counter + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (((c << 21) | (c >>> 11)) + word) | 0;
      const low = Math.imul(word & 0xffff, bound);
      if ((low & 0xffff) >= unfair) {
        into[low >>> 16]! += 1;
        left--;
      }
      const high = Math.imul(word >>> 16, bound);
      if ((high & 0xffff) >= unfair && left > 0) {
        into[high >>> 16]! += 1;
        left--;
      }
    }
    [this.#a, this.#b, this.#c, this.#counter] = [a, b, c, counter];
  }

  /**
   * Like {@linkcode Random.count} for integers that share places, see {@linkcode placesOfHalves}: a table that pays off
   * over many draws. The extra last slot counts rejections.
   */
  tally(places: Uint16Array, into: Int32Array, count: number): void {
    let [a, b, c, counter] = [this.#a, this.#b, this.#c, this.#counter];
    const rejected = into.length - 1;
    let left = count;
    while (left > 0) {
      // The minimum number of words needed, drawn unchecked; the last may be half too many.
      const words = Math.max(1, left >>> 1);
      const rejectedBefore = into[rejected]!;
      let high = 0;
      for (let word = 0; word < words; word++) {
        const next = (((a + b) | 0) + counter) | 0;
        counter = (counter + 1) | 0;
        a = b ^ (b >>> 9);
        b = (c + (c << 3)) | 0;
        c = (((c << 21) | (c >>> 11)) + next) | 0;
        into[places[next & 0xffff]!]! += 1;
        high = places[next >>> 16]!;
        into[high]! += 1;
      }
      left -= 2 * words - (into[rejected]! - rejectedBefore);
      if (left < 0) into[high]! -= 1;
    }
    [this.#a, this.#b, this.#c, this.#counter] = [a, b, c, counter];
  }

  /** Draws as many bits as the bound has until they are below it: under two draws on average. */
  #integerByRejection(bound: number): number {
    const shift = Math.clz32(bound - 1);
    let drawn = this.uint32() >>> shift;
    while (drawn >= bound) drawn = this.uint32() >>> shift;
    return drawn;
  }
}

/**
 * The place of each of the 2^16 half words for {@linkcode Random.tally}, by multiplying and rejecting once for each.
 * `places`, one more than the last place, also marks rejections.
 */
export function placesOfHalves(placeOf: Uint16Array, places: number): Uint16Array {
  const bound = placeOf.length;
  const unfair = TWO_TO_16 % bound;
  const placeOfHalf = new Uint16Array(TWO_TO_16);
  for (let item = 0, half = 0; item < bound; item++) {
    // The halves of an item are adjacent, and only the first of them can have a product that is rejected.
    const end = Math.ceil((item + 1) * TWO_TO_16 / bound);
    placeOfHalf.fill(placeOf[item]!, half, end);
    if (half * bound - item * TWO_TO_16 < unfair) placeOfHalf[half] = places;
    half = end;
  }
  return placeOfHalf;
}

/**
 * The random numbers of one replicate. They depend only on seed (below 2^53) and index (below 2^32), so results depend
 * neither on the worker nor on the order, and no two streams start in the same state.
 * @throws {RangeError} if seed or index is out of range
 */
export function stream(seed: number, index: number): Random {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new RangeError(`Cannot seed: ${seed} is not an integer from 0 to 2^53 - 1`);
  }
  if (!Number.isSafeInteger(index) || index < 0 || index >= TWO_TO_32) {
    throw new RangeError(`Cannot start stream: ${index} is not an integer from 0 to 2^32 - 1`);
  }
  return new Random(seed, Math.floor(seed / TWO_TO_32), index);
}
