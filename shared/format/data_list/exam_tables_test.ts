import assert from "node:assert/strict";
import { type DataList, type ExamTables, readDataList } from "./mod.ts";

const LIST = "exam_id,L-CC\nA,a\nB,b\nC,c\n";

function read(tables: ExamTables, list = LIST): DataList {
  return readDataList(new TextEncoder().encode(list), "csv", { tables });
}

Deno.test("tables beside a list give the same exams as the wide columns of the list", () => {
  const reads = "exam_id,reader,recall,score,order\n" +
    "B,Bob,0,,2\nA,Ann,1,0.5,\nB,Ann,1,0.25,1\nA,,0,,\nC,Ann,0,,1\n";
  const outcomes = "exam_id;days_to_cancer_left;detection_left;days_followed;consensus_recall\n" +
    "C;;;900;0\nB;12,0;screen;900;1\nA;;none;800;0\n";
  const wide = "exam_id,L-CC,reader_1,recall_1,score_1,reader_2,recall_2,cancer_after_days_left," +
    "detection_left,followed_days,consensus_recall\n" +
    "A,a,Ann,1,0.5,,0,,,800,0\nB,b,Ann,1,0.25,Bob,0,12,screen,900,1\nC,c,Ann,0,,,,,,900,0\n";
  const [joined, direct] = [read({ reads, outcomes }), read({}, wide)];
  assert.deepEqual(joined.errors, []);
  assert.deepEqual(joined.warnings, direct.warnings);
  assert.deepEqual(joined.exams, direct.exams);
  assert.deepEqual(joined.exams.map(({ malignant }) => malignant.left), [0, 1, 0]);
});

Deno.test("a table that does not fit is refused by exam and field, and rows of other exams are named", () => {
  const outcomes = "exam_id,followed_days\nA,9\nB,9\nC,9\n";
  const wrong: [ExamTables, string, [exam: string | null, field: string | null], RegExp][] = [
    [
      { reads: "exam_id,recall\nA,2\n", outcomes },
      "outcome_invalid",
      ["A", "reads"],
      /recall is "2"/,
    ],
    [{ reads: "exam_id,recall\nA,\n", outcomes }, "outcome_invalid", ["A", "reads"], /missing/],
    [
      { reads: "exam_id,recall,order\nA,1,1\nA,0,1\n", outcomes },
      "outcome_invalid",
      ["A", "reads"],
      /1 twice/,
    ],
    [{ reads: "exam_id,reader\nA,Ann\n" }, "column_missing", [null, "recall"], /reads: .*recall/],
    [{ reads: "exam_id,recall,age\nA,1,60\n" }, "table_invalid", [null, "age"], /unknown: give/],
    [{ reads: "exam_id,recall\n1.2E+12,1\n" }, "key_rounded", [null, "exam_id"], /Line 2/],
    [{ reads: 'exam_id,recall\n"A,1\n' }, "table_invalid", [null, "reads"], /reads: .*quote/],
    [{ outcomes: "exam_id,folowed_days\nA,9\n" }, "table_invalid", [null, "folowed_days"], /unkn/],
    [
      { outcomes: "exam_id,followed_days\nA,9\nA,8\n" },
      "table_invalid",
      ["A", "exam_id"],
      /line 2/,
    ],
    [
      { outcomes: "exam_id,followed_days\nA,x\n" },
      "outcome_invalid",
      ["A", "followed_days"],
      /"x"/,
    ],
  ];
  for (const [tables, code, place, message] of wrong) {
    const { errors } = read(tables);
    const found = errors.find((one) => one.code === code);
    assert.deepEqual([found?.exam, found?.field], place, JSON.stringify([tables, errors]));
    assert.match(found!.message, message);
  }
  const both = "exam_id,L-CC,recall_1,followed_days\nA,a,1,900\n";
  const twice = read(
    { reads: "exam_id,recall\nA,1\n", outcomes: "exam_id,followed_days\nA,9\n" },
    both,
  );
  assert.deepEqual(twice.errors.map(({ exam, field }) => [exam, field]), [
    ["A", "followed_days"],
    ["A", "reads"],
  ]);
  const nameless = read(
    { reads: "exam_id,recall\n0,1\n" },
    "L-CC,left_malignant,right_malignant\na,0,0\n",
  );
  assert.match(nameless.errors[0]!.message, /no exam_id.*Give every exam/);
  const { warnings, exams } = read({ outcomes: `${outcomes}D,9\n` });
  assert.match(warnings[0]!.message, /1 rows of outcomes .*"D".*ignored/);
  assert.equal(exams.length, 3);
});

Deno.test("a weight or a stratum that only some exams have is told", () => {
  const { warnings } = read({
    outcomes: "exam_id,followed_days,weight,stratum\nA,9,2,x\nB,9,,\nC,9,,x\n",
  });
  assert.deepEqual(warnings.map(({ code, field }) => [code, field]), [
    ["weight_missing", "weight"],
    ["stratum_missing", "stratum"],
  ]);
  assert.match(warnings[0]!.message, /2 of 3 exams .*B/);
});
