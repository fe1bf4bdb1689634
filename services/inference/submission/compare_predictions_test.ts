import assert from "node:assert/strict";
import { comparePredictions } from "./check_model.ts";

Deno.test("line ends at the end and Windows line ends are no difference", () => {
  assert.equal(comparePredictions("a\nb\n", "a\nb"), null);
  assert.equal(comparePredictions("a\r\nb", "a\nb\n"), null);
});

Deno.test("the first line that differs is told, and how many do", () => {
  assert.equal(
    comparePredictions("x,y\na,0.1\nb,0.2\n", "x,y\na,0.1\nb,0.3\n"),
    '1 of 3 lines differ, first line 3: "b,0.2" and "b,0.3"',
  );
});

Deno.test("missing lines are told", () => {
  assert.equal(
    comparePredictions("a\nb\n", "a\n"),
    '1 of 2 lines differ, first line 2: "b" and ""',
  );
  assert.equal(comparePredictions("a\n", "a\nb\n"), "one has 1 lines, the other 2");
});
