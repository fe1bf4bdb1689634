import assert from "node:assert/strict";
import { makeExam } from "../../../tests/support/exams.ts";
import { readAttributes } from "./side_table.ts";

Deno.test("readAttributes: a side table is joined by exam id and need not have all exams", () => {
  const exams = [makeExam(0), makeExam(1), makeExam(2)];
  const { attributes, errors, warnings } = readAttributes(
    "vendor,exam_id\nB,exam2\nA,exam0\nC,elsewhere\n",
    exams,
  );
  assert.deepEqual(errors, []);
  assert.match(warnings[0]!.message, /^1 rows .*elsewhere.* are ignored$/);
  assert.deepEqual([attributes?.source, attributes?.keys], ["attributes", ["vendor"]]);
  assert.deepEqual(exams.map((exam) => attributes?.valueOf("vendor", exam)), ["A", null, "B"]);
});

Deno.test("readAttributes: tables that do not fit are refused", () => {
  const exams = [makeExam(0), makeExam(1)];
  const refused: [text: string, code: string, message: RegExp][] = [
    ["vendor\nA\n", "column_missing", /column exam_id is missing/],
    ["exam_id,a\nexam0,1\nexam0,2\n", "attributes_repeated", /Line 3: exam exam0 .*line 2/],
    ["exam_id,a\nEXAM0,1\n", "attributes_unknown", /whose first is exam0/],
    ["exam_id,a,a\n", "attributes_unreadable", /is repeated/],
  ];
  for (const [text, code, message] of refused) {
    const { attributes, errors } = readAttributes(text, exams);
    assert.equal(attributes, null);
    assert.equal(errors[0]!.code, code);
    assert.match(errors[0]!.message, message);
  }
});
