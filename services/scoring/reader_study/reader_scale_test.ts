import assert from "node:assert/strict";
import { scaleFaults, scaleOf } from "./reader_scale.ts";

Deno.test("scaleOf: each reader's own scale is recognised", () => {
  const cases: readonly (readonly [number[], ReturnType<typeof scaleOf>])[] = [
    [[0, 0.2, 1], "probability"],
    [[0, 1, 1], "probability"],
    [[1, 2, 3, 4, 5], "grade"],
    [[0, 1, 2, 4, 6], "grade"],
    [[0, 2, 35, 100], "percent"],
    [[0.5, 2.5, 97.5], "percent"],
    [[0.5, 1.5, 4], null],
    [[-1, 0.5], null],
    [[0, 101], null],
    [[], "probability"],
  ];
  for (const [scores, scale] of cases) {
    assert.equal(scaleOf(Float64Array.from(scores)), scale, `${scores}`);
  }
});

Deno.test("scaleFaults: a stated scale that ratings contradict is refused by reader and column", () => {
  const reader = (name: string, ...scores: number[]) => ({
    ...{ name, column: `${name}_POM`, scores: Float64Array.from(scores) },
  });
  const readers = [reader("Reader01", 0.2, 0.9), reader("Reader02", 2, 60)];
  const [fault, ...more] = scaleFaults(readers, "probability");
  assert.deepEqual([fault!.code, fault!.field, more.length], [
    "score_off_scale",
    "Reader02_POM",
    0,
  ]);
  assert.match(fault!.message, /Reader02 has 2, which is not a probability/);
  assert.deepEqual(scaleFaults(readers, "percent"), []);
  assert.deepEqual(scaleFaults(readers, null), []);
});
