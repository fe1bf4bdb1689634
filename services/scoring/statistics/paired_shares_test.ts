import assert from "node:assert/strict";
import { golden, near } from "../../../tests/support/golden_data.ts";
import { normalQuantile } from "./normal.ts";
import {
  bonettPrice,
  mcnemar,
  newcombe,
  type PairedCounts,
  pairedNonInferiority,
  tango,
  tangoZ,
  waldPaired,
} from "./paired_shares.ts";

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

/** Tables of small counts, one after the other. */
function* smallTables(): Generator<PairedCounts> {
  for (let number = 1; number < 6 ** 4; number += 7) {
    const [both, firstOnly, secondOnly, neither] = [1, 6, 36, 216].map((place) =>
      Math.floor(number / place) % 6
    ) as [number, number, number, number];
    yield { both, firstOnly, secondOnly, neither };
  }
}

function near12(ours: number, theirs: number, what: unknown): void {
  assert.ok(Math.abs(ours - theirs) < 1e-9, `${ours} ${theirs} ${JSON.stringify(what)}`);
}

Deno.test("McNemar: the exact and the mid-p value by going through every outcome", () => {
  for (const counts of smallTables()) {
    const n = counts.firstOnly + counts.secondOnly;
    if (n === 0) continue;
    // Each discordant pair falls on either side: 2^n outcomes with equal chances.
    let [further, equal] = [0, 0];
    const least = Math.min(counts.firstOnly, counts.secondOnly);
    for (let outcome = 0; outcome < 2 ** n; outcome++) {
      const first = outcome.toString(2).replaceAll("0", "").length;
      if (first < least) further++;
      if (first === least) equal++;
    }
    const { exactP, midP, chi2, chi2Corrected, p, pCorrected } = mcnemar(counts);
    near12(exactP, Math.min(1, 2 * (further + equal) / 2 ** n), counts);
    near12(midP, Math.min(1, (2 * further + equal) / 2 ** n), counts);
    near12(chi2, (counts.firstOnly - counts.secondOnly) ** 2 / n, counts);
    assert.ok(chi2Corrected <= chi2 && pCorrected >= p);
    assert.deepEqual(
      mcnemar({ ...counts, firstOnly: counts.secondOnly, secondOnly: counts.firstOnly }),
      { exactP, midP, chi2, chi2Corrected, p, pCorrected },
    );
  }
  assert.equal(mcnemar({ both: 9, firstOnly: 0, secondOnly: 0, neither: 0 }).exactP, 1);
  const many = mcnemar({ both: 0, firstOnly: 1500, secondOnly: 1500, neither: 0 });
  assert.ok(many.exactP === 1 && many.midP > 0.98);
});

/** Wilson's limit: where the score test of the share just rejects, by bisection. */
function scoreLimit(count: number, of: number, side: -1 | 1): number {
  const z = normalQuantile(0.975);
  const share = count / of;
  if (share === (side === 1 ? 1 : 0)) return share;
  let [inside, outside] = [share, side === 1 ? 1 : 0];
  for (let step = 0; step < 80; step++) {
    const middle = (inside + outside) / 2;
    if (Math.abs(share - middle) <= z * Math.sqrt(middle * (1 - middle) / of)) inside = middle;
    else outside = middle;
  }
  return inside;
}

Deno.test("Newcombe, Wald, and Bonett and Price: from their definitions, turned with the order", () => {
  for (const counts of smallTables()) {
    const { both: a, firstOnly: b, secondOnly: c, neither: d } = counts;
    const n = a + b + c + d;
    const turned = { ...counts, firstOnly: c, secondOnly: b };
    const [p, q] = [(a + b) / n, (a + c) / n];
    const product = (a + b) * (c + d) * (a + c) * (b + d);
    const phi = product === 0 ? 0 : (a * d - b * c) / Math.sqrt(product);
    const down = [p - scoreLimit(a + b, n, -1), scoreLimit(a + c, n, 1) - q] as const;
    const up = [scoreLimit(a + b, n, 1) - p, q - scoreLimit(a + c, n, -1)] as const;
    const reach = ([x, y]: readonly [number, number]): number =>
      Math.sqrt(x ** 2 - 2 * phi * x * y + y ** 2);
    const { lower, upper } = newcombe(counts, 0.95, false);
    near12(lower!, p - q - reach(down), counts);
    near12(upper!, p - q + reach(up), counts);
    for (const limitsOf of [newcombe, bonettPrice]) {
      const [one, other] = [limitsOf(counts), limitsOf(turned)];
      assert.ok(one.lower! <= p - q && p - q <= one.upper!, JSON.stringify(counts));
      near12(one.lower!, -other.upper!, counts);
    }
    // The variance of the mean of the pairs' differences, each 1, 0 or -1.
    const pairs = [...new Array(b).fill(1), ...new Array(c).fill(-1), ...new Array(a + d).fill(0)];
    const squares = pairs.reduce((sum, one) => sum + (one - (p - q)) ** 2, 0);
    const { se, ci } = waldPaired(counts)!;
    near12(se, Math.sqrt(squares) / n, counts);
    near12(ci.upper! - ci.lower!, 2 * normalQuantile(0.975) * se, counts);
  }
  const nobody = { both: 0, firstOnly: 0, secondOnly: 0, neither: 0 };
  assert.equal(waldPaired(nobody), null);
  for (const limitsOf of [newcombe, bonettPrice]) assert.equal(limitsOf(nobody).lower, null);
});
