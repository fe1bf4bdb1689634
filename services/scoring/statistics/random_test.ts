import assert from "node:assert/strict";
import fc from "fast-check";
import { binomial } from "./binomial.ts";
import { drawInBlocks } from "./blocks.ts";
import { multinomial } from "./multinomial.ts";
import { placesOfHalves, Random, SEED_MAX, stream } from "./random.ts";
import { chiSquaredExcess } from "../../../tests/support/scoring/samples.ts";
import { drawnIntegers } from "../../../tests/support/scoring/drawn_integers.ts";

/** Exceeded with probability below 1e-7; the seed is fixed, so the test is deterministic. */
const EXCESS_MAX = 5.2;

Deno.test("integers are equally likely, below and above where products are exact", () => {
  const random = stream(1, 0);
  for (const bound of [1, 2, 3, 7, 61, 1000]) {
    const counts = new Array<number>(bound).fill(0);
    for (let draw = 0; draw < 40 * bound + 1000; draw++) counts[random.integer(bound)]! += 1;
    if (bound > 1) {
      assert.ok(chiSquaredExcess(counts, counts.map(() => 1)) < EXCESS_MAX, `bound ${bound}`);
    }
  }
  for (const bound of [2 ** 21 + 1, 3_000_000_019, 2 ** 32]) {
    const counts = new Array<number>(16).fill(0);
    for (let draw = 0; draw < 4000; draw++) {
      const value = random.integer(bound);
      assert.ok(Number.isInteger(value) && value >= 0 && value < bound);
      counts[Math.floor(value / bound * 16)]! += 1;
    }
    assert.ok(chiSquaredExcess(counts, counts.map(() => 1)) < EXCESS_MAX, `bound ${bound}`);
  }
});

Deno.test("many at once are as likely and stay below the bound", () => {
  const random = stream(6, 0);
  for (const bound of [1, 2, 3, 100, 1440, 4096, 40_000, 65_536]) {
    const drawn = drawnIntegers(random, bound, 60_001);
    const counts = new Array<number>(Math.min(bound, 100)).fill(0);
    const shares = counts.map((_, at) =>
      Math.floor((at + 1) * bound / counts.length) - Math.floor(at * bound / counts.length)
    );
    for (const value of drawn) {
      assert.ok(value < bound);
      // The last part whose first value is at or below this one.
      counts[Math.ceil((value + 1) * counts.length / bound) - 1]! += 1;
    }
    if (bound > 1) assert.ok(chiSquaredExcess(counts, shares) < EXCESS_MAX, `bound ${bound}`);
  }
});

Deno.test("what is counted and tallied is what is filled, to the state of the generator", () => {
  for (const bound of [1, 2, 3, 7, 100, 1440, 4096, 40_000, 65_535]) {
    const placeOf = Uint16Array.from({ length: bound }, (_, at) => Math.floor(at / 3));
    const places = Math.ceil(bound / 3);
    const table = placesOfHalves(placeOf, places);
    for (const [number, count] of [0, 1, 2, 3, 10, 11, 1000, 4095].entries()) {
      const [filling, tallying] = [stream(bound, number), stream(bound, number)];
      const drawn = drawnIntegers(filling, bound, count);
      const expected = new Int32Array(places);
      for (const value of drawn) expected[placeOf[value]!]! += 1;
      const tally = new Int32Array(places + 1);
      tallying.tally(table, tally, count);
      assert.deepEqual(tally.subarray(0, places), expected, `${count} below ${bound}`);
      const [counting, counts] = [stream(bound, number), new Int32Array(bound)];
      counting.count(bound, counts, count);
      const each = new Int32Array(bound);
      for (const value of drawn) each[value]! += 1;
      assert.deepEqual(counts, each, `${count} below ${bound}`);
      const next = filling.uint32();
      assert.equal(tallying.uint32(), next);
      assert.equal(counting.uint32(), next);
    }
  }
});

Deno.test("drawing in blocks gives every item the same chance and every stratum its number", () => {
  const strata = [5000, 5003, 20_000];
  const { blocks, draw } = drawInBlocks(strata);
  assert.equal(blocks.reduce((sum, { size }) => sum + size, 0), 20_000);
  const counts = blocks.map(() => 0);
  for (let replicate = 0; replicate < 50; replicate++) {
    const drawn = [0, 0, 0];
    draw(stream(7, replicate), (block, draws) => {
      counts[block]! += draws;
      drawn[strata.findIndex((end) => blocks[block]!.from < end)]! += draws;
    });
    assert.deepEqual(drawn, [5000, 3, 14_997]);
  }
  assert.ok(chiSquaredExcess(counts, blocks.map(({ size }) => size)) < EXCESS_MAX);
  // Otherwise all replicates would draw equally often from a block, although the counts must vary.
  assert.ok(counts.some((count, at) => count !== 50 * blocks[at]!.size));
});

Deno.test("uniform numbers lie in [0, 1) and fill it", () => {
  const random = stream(2, 0);
  const counts = new Array<number>(32).fill(0);
  for (let draw = 0; draw < 20_000; draw++) counts[Math.floor(random.uniform() * 32)]! += 1;
  assert.ok(chiSquaredExcess(counts, counts.map(() => 1)) < EXCESS_MAX);
});

Deno.test("streams that differ in seed or number differ", () => {
  const keys: [number, number][] = [[0, 0], [0, 1], [1, 0], [2 ** 32, 0], [2 ** 32 + 1, 0]];
  const words = keys.map(([seed, index]) => {
    const random = stream(seed, index);
    return [random.uint32(), random.uint32(), random.uint32()].join(" ");
  });
  assert.equal(new Set(words).size, keys.length);
});

Deno.test("seeds and numbers out of bounds are refused", () => {
  for (const seed of [-1, 0.5, NaN, SEED_MAX + 1]) assert.throws(() => stream(seed, 0), RangeError);
  for (const index of [-1, 0.5, 2 ** 32]) assert.throws(() => stream(1, index), RangeError);
});

/** Probabilities of 0 to `trials` successes, by recursion. */
function binomialChances(trials: number, probability: number): number[] {
  const logs = [0];
  for (let k = 1; k <= trials; k++) logs[k] = logs[k - 1]! + Math.log(k);
  return Array.from({ length: trials + 1 }, (_, k) =>
    Math.exp(
      logs[trials]! - logs[k]! - logs[trials - k]! + k * Math.log(probability) +
        (trials - k) * Math.log1p(-probability),
    ));
}

/** Joins neighbours until each expected count is large enough for the chi-squared distribution. */
function lump(
  counts: readonly number[],
  chances: readonly number[],
  draws: number,
): { counts: number[]; chances: number[] } {
  const lumped: ReturnType<typeof lump> = { counts: [], chances: [] };
  let [count, chance] = [0, 0];
  for (let at = 0; at < counts.length; at++) {
    count += counts[at]!;
    chance += chances[at]!;
    if (chance * draws < 10) continue;
    lumped.counts.push(count);
    lumped.chances.push(chance);
    [count, chance] = [0, 0];
  }
  lumped.counts[lumped.counts.length - 1]! += count;
  lumped.chances[lumped.chances.length - 1]! += chance;
  return lumped;
}

Deno.test("binomial draws have the binomial's chances, by inversion and by rejection", () => {
  const cases: [number, number][] = [
    [1, 0.3],
    [5, 0.5],
    [40, 0.02],
    [40, 0.24],
    [40, 0.26],
    [1000, 0.009],
    [1000, 0.011],
    [1000, 0.4],
    [1379, 0.61],
    [50, 0.97],
    [100_000, 0.0005],
  ];
  const draws = 20_000;
  for (const [number, [trials, probability]] of cases.entries()) {
    const random = stream(3, number);
    const counts = new Array<number>(trials + 1).fill(0);
    for (let draw = 0; draw < draws; draw++) counts[binomial(random, trials, probability)]! += 1;
    const lumped = lump(counts, binomialChances(trials, probability), draws);
    assert.ok(
      chiSquaredExcess(lumped.counts, lumped.chances) < EXCESS_MAX,
      `${trials} trials at ${probability}`,
    );
  }
});

Deno.test("binomial draws stay within the trials; certain events are certain", () => {
  const random = stream(4, 0);
  fc.assert(fc.property(
    fc.integer({ min: 0, max: 1_000_000 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    (trials, probability) => {
      const drawn = binomial(random, trials, probability);
      assert.ok(Number.isInteger(drawn) && drawn >= 0 && drawn <= trials);
      assert.equal(binomial(random, trials, 0), 0);
      assert.equal(binomial(random, trials, 1), trials);
    },
  ));
});

Deno.test("multinomial draws add up, leave empty cells empty and have the cells' shares", () => {
  fc.assert(fc.property(
    fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 12 }).filter((counts) =>
      counts.some((count) => count > 0)
    ),
    fc.nat({ max: 60 }),
    fc.nat(),
    (held, draws, seed) => {
      const counts = Int32Array.from(held);
      const drawn = new Int32Array(counts.length);
      const total = counts.reduce((sum, count) => sum + count, 0);
      multinomial(new Random(seed, 0, 0), draws, counts, total, drawn);
      assert.equal(drawn.reduce((sum, count) => sum + count, 0), draws);
      drawn.forEach((count, cell) => assert.ok(count >= 0 && (count === 0 || counts[cell]! > 0)));
    },
  ));
  const counts = Int32Array.of(5, 0, 1, 30, 64);
  const sums = [0, 0, 0, 0, 0];
  for (let replicate = 0; replicate < 2000; replicate++) {
    const drawn = new Int32Array(5);
    multinomial(stream(5, replicate), 100, counts, 100, drawn);
    drawn.forEach((count, cell) => sums[cell]! += count);
  }
  assert.equal(sums[1], 0);
  const held = (value: number): boolean => value > 0;
  assert.ok(chiSquaredExcess(sums.filter(held), [...counts].filter(held)) < EXCESS_MAX);
});
