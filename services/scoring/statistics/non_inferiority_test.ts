import assert from "node:assert/strict";
import fc from "fast-check";
import { pairedDelong } from "./delong.ts";
import { defined, undefinedBecause } from "./estimate.ts";
import { nonInferiority } from "./non_inferiority.ts";
import { arbitraryTwoClasses } from "../../../tests/support/scoring/samples.ts";

Deno.test("a difference of 0 with a standard error of 0.02 and a margin of 0.05", () => {
  const test = nonInferiority({ difference: defined(0), variance: defined(0.0004) }, 0.05);
  assert.ok(Math.abs(test.z.value! - 2.5) < 1e-12);
  // 1 − Φ(2.5) from the tables.
  assert.ok(Math.abs(test.p.value! - 0.00620966532577614) < 1e-12);
  assert.ok(Math.abs(test.lower.value! - -0.0391992796908011) < 1e-12);
  assert.equal(test.nonInferior, true);
  assert.equal(
    nonInferiority({ difference: defined(0), variance: defined(0.0004) }, 0.039).nonInferior,
    false,
  );
});

Deno.test("the decision is that of p at half of what the interval leaves out", () => {
  fc.assert(
    fc.property(
      arbitraryTwoClasses(),
      fc.double({ min: 0.01, max: 0.9, noNaN: true }),
      ({ scores, others, labels }, margin) => {
        const comparison = pairedDelong(scores, others, labels);
        const test = nonInferiority(comparison, margin);
        if (test.nonInferior === null) return assert.ok(test.p.undefined);
        assert.equal(test.nonInferior, test.p.value! < 0.025);
      },
    ),
  );
});

Deno.test("bounds and undefined cases", () => {
  const known = { difference: defined(0), variance: defined(0.0004) };
  assert.throws(() => nonInferiority(known, 0), RangeError);
  assert.throws(() => nonInferiority(known, 0.1, 1), RangeError);
  const none = nonInferiority({ ...known, variance: undefinedBecause("Too few.") }, 0.1);
  assert.equal(none.p.undefined, "Too few.");
  assert.equal(none.nonInferior, null);
  const still = nonInferiority({ ...known, variance: defined(0) }, 0.1);
  assert.match(still.p.undefined!, /does not vary/);
});
