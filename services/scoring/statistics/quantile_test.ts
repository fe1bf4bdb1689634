import assert from "node:assert/strict";
import { quantile, quantileOfUnsorted } from "./quantile.ts";
import { stream } from "./random.ts";

const PROBABILITIES = [0, 0.001, 0.025, 0.3, 0.5, 0.975, 0.999, 1];

Deno.test("quantileOfUnsorted: equals the quantile of the sorted values, in every order", () => {
  const random = stream(7, 0);
  for (let size = 1; size <= 60; size++) {
    for (const kinds of [1, 2, 5, 1000]) {
      const values = Float64Array.from({ length: size }, () => random.integer(kinds) - 2);
      for (const given of [values, values.toSorted(), values.toSorted().reverse()]) {
        for (const probability of PROBABILITIES) {
          const reordered = given.slice();
          assert.equal(
            quantileOfUnsorted(reordered, probability),
            quantile(values.toSorted(), probability),
            `${given} at ${probability}`,
          );
          assert.deepEqual(reordered.toSorted(), values.toSorted());
        }
      }
    }
  }
});

Deno.test("quantileOfUnsorted: refuses what quantile refuses", () => {
  assert.throws(() => quantileOfUnsorted(new Float64Array(0), 0.5), RangeError);
  for (const probability of [-0.1, 1.1, NaN]) {
    assert.throws(() => quantileOfUnsorted(Float64Array.of(1, 2, 3), probability), RangeError);
  }
});
