import assert from "node:assert/strict";
import { SCENARIOS } from "./scenarios.ts";
import { type IntervalName, simulateCoverage } from "./simulate.ts";

const BY_EXAM: readonly IntervalName[] = [
  "AUROC, bootstrap by exam",
  "AUROC, BCa by exam",
  "AUROC, DeLong by exam",
];
const BY_ROW: readonly IntervalName[] = ["AUROC, bootstrap by row", "AUROC, DeLong by row"];

// The seeds are fixed; `deno task coverage` does the same with more simulations and replicates.
for (const scenario of SCENARIOS) {
  Deno.test(`95 % intervals by exam hold the truth 93 to 97 times in 100: ${scenario.name}`, async () => {
    const coverage = await simulateCoverage(scenario, 400, 200);
    for (const name of BY_EXAM) {
      assert.ok(coverage[name] >= 0.93 && coverage[name] <= 0.97, `${name}: ${coverage[name]}`);
    }
    const alike = scenario.ofBreast > 0;
    for (const name of BY_ROW) {
      // Rows of one woman are counted as if they were of many: too narrow where they are alike.
      if (alike) assert.ok(coverage[name] < 0.9, `${name}: ${coverage[name]}`);
      else if (scenario.ofExam === 0) assert.ok(coverage[name] >= 0.93 && coverage[name] <= 0.97);
    }
  });
}
