import assert from "node:assert/strict";
import { golden, near } from "../../../tests/support/golden_data.ts";
import { pairedNonInferiority, tango, tangoZ } from "./paired_shares.ts";

// deno-lint-ignore no-explicit-any
const EXPECTED: any = golden("paired/expected.json");

Deno.test("paired shares: Tango and non-inferiority are those of the golden tables", () => {
  for (const table of EXPECTED.tables) {
    const counts = {
      both: table.both,
      firstOnly: table.first_only,
      secondOnly: table.second_only,
      neither: table.neither,
    };
    const { lower, upper } = tango(counts);
    near(lower, table.tango.low, table.name);
    near(upper, table.tango.high, table.name);
    for (const one of table.noninferiority) {
      const { z, p } = pairedNonInferiority(counts, one.margin);
      near(z, one.tango_z, table.name);
      near(p, one.tango_p, table.name);
    }
  }
});

Deno.test("paired shares: intervals hold the estimate, turn with the order, and have a width", () => {
  for (let step = 0; step < 400; step++) {
    const [both, firstOnly, secondOnly, neither] = [17, 7, 5, 11].map((base, at) =>
      (step * (at + 3) * 2654435761 >>> 7) % base * (step % 3 === 0 ? 0.7 : 1)
    ) as [number, number, number, number];
    if (both + firstOnly + secondOnly + neither === 0) continue;
    const counts = { both, firstOnly, secondOnly, neither };
    const turned = { both, firstOnly: secondOnly, secondOnly: firstOnly, neither };
    const estimate = (firstOnly - secondOnly) / (both + firstOnly + secondOnly + neither);
    const limits = tango(counts);
    assert.ok(limits.lower! <= estimate && estimate <= limits.upper!);
    assert.ok(limits.upper! - limits.lower! > 0.01);
    assert.ok(Math.abs(limits.lower! + tango(turned).upper!) < 1e-9);
    if (limits.lower! > -1) {
      assert.ok(Math.abs(tangoZ(counts, limits.lower!) - 1.959963984540054) < 1e-6);
    }
  }
});
