import assert from "node:assert/strict";
import fc from "fast-check";
import { combineScores } from "./score_ensemble.ts";

Deno.test("combineScores: the mean, score by score", () => {
  const combined = combineScores([Float64Array.of(0.1, 0.9), Float64Array.of(0.3, 0.1)], "mean");
  assert.deepEqual([...combined], [(0.1 + 0.3) / 2, (0.9 + 0.1) / 2]);
});

Deno.test("combineScores: ranks do not care for scales; equal scores share their ranks", () => {
  const small = Float64Array.of(1e-9, 3e-9, 3e-9, 2e-9);
  const large = Float64Array.of(10, 40, 30, 20);
  assert.deepEqual([...combineScores([small, large], "rank_mean")], [
    (1 / 4 + 1 / 4) / 2,
    (3.5 / 4 + 4 / 4) / 2,
    (3.5 / 4 + 3 / 4) / 2,
    (2 / 4 + 2 / 4) / 2,
  ]);
});

Deno.test("combineScores: a model with itself keeps its order", () => {
  const scores = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 });
  fc.assert(
    fc.property(scores, fc.constantFrom("mean" as const, "rank_mean" as const), (list, method) => {
      const own = Float64Array.from(list);
      const combined = combineScores([own, own], method);
      for (const [a, one] of own.entries()) {
        for (const [b, other] of own.entries()) {
          assert.equal(Math.sign(combined[a]! - combined[b]!), Math.sign(one - other));
        }
      }
    }),
  );
});
