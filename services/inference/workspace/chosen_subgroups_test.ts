import assert from "node:assert/strict";
import { makeExam } from "../../../tests/support/exams.ts";
import { makeRequest } from "../../../tests/support/inference/values.ts";
import { subgroupFaults } from "./check_exams.ts";

const EXAMS = [
  makeExam(0, { extras: { exam_id: "a", density: "b", age: 49 } }),
  makeExam(1, { extras: { exam_id: "b", density: "c", age: "unknown" } }),
];

Deno.test("keys that the exams have are taken, and so is none or all of them", () => {
  for (const subgroups of [true, false, [], ["density"], [{ key: "age", negatives: "all" }]]) {
    const asked = makeRequest({ subgroups });
    assert.deepEqual(subgroupFaults(asked.subgroups, EXAMS), [], JSON.stringify(subgroups));
  }
});

Deno.test("an unknown key is named with those that there are, each that cannot be used is a fault", () => {
  const { subgroups } = makeRequest({ subgroups: ["densty", { key: "age", bins: [50] }] });
  const faults = subgroupFaults(subgroups, EXAMS);
  assert.equal(
    faults[0]?.message,
    'There is no key "densty": the exams have density, age',
  );
  assert.deepEqual(faults.map(({ code, field, exam }) => [code, field, exam]), [
    ["subgroup_unknown", "densty", null],
    ["subgroup_not_numeric", "age", "exam1"],
  ]);
});
