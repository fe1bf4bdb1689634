import assert from "node:assert/strict";
import type { SubgroupKey } from "../contracts/subgroups.ts";
import type { Exam, JsonValue } from "../domain/mod.ts";
import { makeExam } from "../../tests/support/exams.ts";
import { attributesOfList } from "./attributes.ts";
import { defaultKeys, groupExams, type Grouping } from "./group_exams.ts";

function examsWith(...extras: Record<string, JsonValue>[]): Exam[] {
  return extras.map((extra, index) => makeExam(index, { extras: extra }));
}

function asked(key: string, parts: Partial<SubgroupKey> = {}): SubgroupKey {
  return { key, bins: null, negatives: "own", ...parts };
}

function groupsOf(exams: readonly Exam[], ...keys: SubgroupKey[]): ReturnType<typeof groupExams> {
  return groupExams(exams, keys, [attributesOfList(exams)]);
}

function told(grouping: Grouping | undefined): [string | null, number[]][] {
  return (grouping?.groups ?? []).map(({ group, exams }) => [group, [...exams]]);
}

Deno.test("groupExams: each value is a group, exams without one are the last", () => {
  const exams = examsWith({ d: "b" }, { d: " a" }, {}, { d: "b" }, { d: "nan" }, { d: null });
  const { groupings, errors } = groupsOf(exams, asked("d"));
  assert.deepEqual(errors, []);
  assert.deepEqual(told(groupings[0]), [["a", [1]], ["b", [0, 3]], [null, [2, 4, 5]]]);
});

Deno.test("groupExams: numbers are ordered by size, also where they are text; booleans are groups", () => {
  const exams = examsWith({ n: 10, t: true }, { n: "9", t: false }, { n: 100, t: true });
  const { groupings } = groupsOf(exams, asked("n"), asked("t"));
  assert.deepEqual(told(groupings[0]).map(([group]) => group), ["9", "10", "100"]);
  assert.deepEqual(told(groupings[1]), [["false", [1]], ["true", [0, 2]]]);
});

Deno.test("groupExams: bins hold their lower limit", () => {
  const exams = examsWith({ age: 49.9 }, { age: 50 }, { age: "60" }, { age: 75 }, {});
  const { groupings } = groupsOf(exams, asked("age", { bins: [50, 60] }));
  assert.deepEqual(told(groupings[0]), [
    ["< 50", [0]],
    ["50 to < 60", [1]],
    ["≥ 60", [2, 3]],
    [null, [4]],
  ]);
});

Deno.test("groupExams: what cannot be grouped says why and what to do", () => {
  const many = examsWith(...Array.from({ length: 100 }, (_, at) => ({
    kvp: at + 0.5,
    box: [1, 2],
    note: "x",
  })));
  const { groupings, errors } = groupsOf(
    many,
    asked("kvp"),
    asked("box"),
    asked("note", { bins: [1] }),
    asked("density"),
  );
  assert.deepEqual(groupings, []);
  assert.deepEqual(errors.map(({ code, field }) => [code, field]), [
    ["subgroup_too_many", "kvp"],
    ["subgroup_not_scalar", "box"],
    ["subgroup_not_numeric", "note"],
    ["subgroup_unknown", "density"],
  ]);
  assert.match(errors[0]!.message, /100 different values.*give bins, as in \{"key":"kvp","bins"/);
  assert.match(errors[2]!.message, /^Exam exam0: note is "x", not a number/);
  assert.match(errors[3]!.message, /the exams have kvp, box, note$/);
});

Deno.test("defaultKeys: keys that exams share, not ids, measurements, labels or structures", () => {
  const exams = examsWith(...Array.from({ length: 30 }, (_, at) => ({
    exam_id: `e${at}`,
    patient: `p${at}`,
    vendor: at % 2 === 0 ? "A" : "B",
    site: "one",
    thickness: at + 0.25,
    window: [0, 1],
    "cancer_label.benign": at % 2,
  })));
  assert.deepEqual(defaultKeys(exams, attributesOfList(exams)), [asked("vendor")]);
});
