import assert from "node:assert/strict";
import fc from "fast-check";
import { holm } from "./holm.ts";

const pValue = fc.double({ min: 0, max: 1, noNaN: true });

Deno.test("the example of R's p.adjust, worked by hand", () => {
  // 0.01 × 4, 0.02 × 3, 0.03 × 2 raised to the one before, 0.5 × 1.
  assert.deepEqual(holm([0.03, 0.01, 0.5, 0.02]), [0.06, 0.04, 0.5, 0.06]);
});

Deno.test("one test stays as it is; tests without p are not counted", () => {
  assert.deepEqual(holm([0.2]), [0.2]);
  assert.deepEqual(holm([null, 0.2, null]), [null, 0.2, null]);
  assert.deepEqual(holm([]), []);
  assert.throws(() => holm([0.2, NaN]), RangeError);
  assert.throws(() => holm([1.2]), RangeError);
});

Deno.test("adjusted values lie between p and Bonferroni's, in the order of p", () => {
  fc.assert(fc.property(fc.array(pValue, { minLength: 1, maxLength: 12 }), (values) => {
    const adjusted = holm(values);
    values.forEach((p, at) => {
      assert.ok(adjusted[at]! >= p);
      assert.ok(adjusted[at]! <= Math.min(1, p * values.length));
      values.forEach((other, beside) => {
        if (p <= other) assert.ok(adjusted[at]! <= adjusted[beside]!);
      });
    });
  }));
});

Deno.test("what is rejected is what stepping down rejects", () => {
  fc.assert(fc.property(fc.array(pValue, { maxLength: 12 }), pValue, (values, level) => {
    const ascending = values.toSorted((a, b) => a - b);
    const first = ascending.findIndex((p, at) => Math.min(1, (values.length - at) * p) > level);
    const rejected = first === -1 ? values.length : first;
    assert.equal(holm(values).filter((p) => p! <= level).length, rejected);
  }));
});
