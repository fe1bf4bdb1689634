import assert from "node:assert/strict";
import { readDataList } from "../../shared/format/mod.ts";
import { alignLevels } from "./samples/align_levels.ts";
import { measureLevel } from "./measures/measure_level.ts";

// Made by tests/golden/scoring/make.py: a data list with missing views and several images per view.
const GOLDEN = new URL("../../tests/golden/scoring/exams.json", import.meta.url);

Deno.test("image and breast level are scikit-learn's from data list and predictions on", async () => {
  const { data_list, predictions, expected } = JSON.parse(await Deno.readTextFile(GOLDEN));
  const list = readDataList(new TextEncoder().encode(JSON.stringify(data_list)), "json");
  assert.deepEqual(list.errors, []);
  const aligned = alignLevels(list.exams, new TextEncoder().encode(predictions));
  assert.ok(aligned.ok);
  for (const level of ["image", "breast"] as const) {
    const { report } = await measureLevel(aligned.samples[level]!, {
      bootstrap: null,
      operatingPoints: [],
      prevalence: null,
    });
    assert.equal(report.count, expected[level].count);
    for (const metric of ["auroc", "auprc", "average_precision", "brier"] as const) {
      const actual = report[metric].value!;
      assert.ok(
        Math.abs(actual - expected[level][metric]) <= 1e-12,
        `${level} level, ${metric}: ${actual} instead of ${expected[level][metric]}`,
      );
    }
  }
});
