import assert from "node:assert/strict";
import { COVERAGE, trustText } from "./coverage.ts";

Deno.test("trustText: below 40 cancers what simulations found, by the row of fewer cancers", () => {
  assert.equal(trustText(4), null);
  assert.equal(trustText(40), null);
  for (let cancers = 5; cancers < 40; cancers++) {
    const row = COVERAGE.findLast((one) => one.cancers <= cancers)!;
    const text = trustText(cancers)!;
    assert.match(text, new RegExp(`^With ${cancers} exams`));
    assert.ok(text.includes(`simulations of ${row.cancers} cancers`));
    assert.ok(text.includes(`${Math.round(100 * row.auroc)} in 100 times`));
  }
});

Deno.test("COVERAGE: more cancers, and intervals come near to what they claim", () => {
  const [least, most] = [COVERAGE[0]!, COVERAGE.at(-1)!];
  assert.deepEqual([least.cancers, most.cancers], [5, 300]);
  for (const row of COVERAGE.filter(({ cancers }) => cancers >= 40)) {
    for (const share of [row.auroc, row.averagePrecision, row.specificityAtSensitivity]) {
      assert.ok(share >= 0.925 && share <= 0.975, JSON.stringify(row));
    }
  }
});
