import assert from "node:assert/strict";
import fc from "fast-check";
import { type Exam, type ExamRow, findExams, idKey } from "./mod.ts";
import { makeExam } from "../../tests/support/exams.ts";

/** Rows numbered as lines 2, 3 and so on. */
function rowsOf(...rows: (readonly [exam: string | null, examIndex: number | null])[]): ExamRow[] {
  return rows.map(([exam, examIndex], at) => ({ row: at + 2, exam, examIndex }));
}

function examsOf(...ids: string[]): Exam[] {
  return ids.map((id, index) => makeExam(index, { id, extras: { exam_id: id } }));
}

Deno.test("findExams: ids find their exams in any order, in all the ways in which programs write them", () => {
  fc.assert(fc.property(
    fc.uniqueArray(fc.string({ minLength: 1 }), { selector: idKey, minLength: 1 })
      .chain((ids) =>
        fc.tuple(fc.constant(ids), fc.shuffledSubarray(ids, { minLength: ids.length }))
      ),
    ([ids, order]) => {
      const { exams, errors } = findExams(
        examsOf(...ids),
        rowsOf(...order.map((id) => [id, null] as const)),
      );
      assert.deepEqual(errors, []);
      assert.deepEqual(exams.map((exam) => exam?.id), order);
    },
  ));
  const list = examsOf("7", "Zo\u00eb", "007");
  const { exams } = findExams(list, rowsOf(["Zoe\u0308", null], ["007", null], ["7.0", null]));
  assert.deepEqual(exams.map((exam) => exam?.index), [1, 2, 0]);
});

Deno.test("findExams: without ids rows are found by position, or by their order", () => {
  const list = examsOf("A", "B");
  for (const rows of [rowsOf([null, 1], [null, 0]), rowsOf([null, null], [null, null])]) {
    const { exams, errors, warnings } = findExams(list, rows);
    assert.deepEqual([errors, warnings], [[], []]);
    assert.deepEqual(exams.map((exam) => exam?.index), rows.map((row, at) => row.examIndex ?? at));
  }
});

Deno.test("findExams: numbers that cannot be positions are ids; where they can be both, that is said", () => {
  const found = findExams(examsOf("2", "1"), rowsOf([null, 1], [null, 2]));
  assert.deepEqual(found.exams.map((exam) => exam?.index), [1, 0]);
  const both = findExams(examsOf("1", "0"), rowsOf([null, 1], [null, 0]));
  assert.deepEqual(both.exams.map((exam) => exam?.index), [1, 0]);
  assert.deepEqual(both.warnings.map(({ code }) => code), ["exam_index_ambiguous"]);
});

Deno.test("findExams: ids of another dataset are refused once, with examples of both", () => {
  const rows = rowsOf(["X", null], ["Y", null], ["Z", null], ["Q", null]);
  const { errors } = findExams(examsOf("A", "B"), rows);
  assert.equal(errors.length, 1);
  assert.match(errors[0]!.message, /the file has "X", "Y", "Z", …, the data list "A", "B"\. Send/);
  const some = findExams(examsOf("A", "B"), rowsOf(["A", null], ["X", null]));
  assert.match(
    some.errors[0]!.message,
    /^Row 3: exam "X" is not in the data list, whose exams are "A", "B"$/,
  );
});

Deno.test("findExams: an index that contradicts the ids is refused with examples", () => {
  const { errors } = findExams(examsOf("A", "B", "C"), rowsOf(["B", 0], ["A", 1], ["C", 2]));
  assert.deepEqual(errors.map(({ code }) => code), ["exam_index_contradiction"]);
  assert.match(
    errors[0]!.message,
    /in 2 of 3 rows: row 2 is of exam "B", which is at position 1 of the data list, and has index 0; row 3/,
  );
  const agree = [rowsOf(["B", 1], ["A", 0]), rowsOf(["B", null], ["A", null])];
  for (const rows of agree) assert.deepEqual(findExams(examsOf("A", "B"), rows).errors, []);
  // The index may also repeat the id.
  assert.deepEqual(findExams(examsOf("10", "11"), rowsOf(["11", 11], ["10", 10])).errors, []);
});

Deno.test("findExams: ids that the data list cannot use count only in its order", () => {
  const list = ["A", "A", "B"].map((written, index) =>
    makeExam(index, { id: String(index), extras: { exam_id: written } })
  );
  const inOrder = findExams(list, rowsOf(["A", null], ["A", null], ["B", null]));
  assert.deepEqual(inOrder.exams.map((exam) => exam?.index), [0, 1, 2]);
  const shuffled = findExams(list, rowsOf(["A", null], ["B", null], ["A", null]));
  assert.equal(shuffled.errors.length, 1);
});
