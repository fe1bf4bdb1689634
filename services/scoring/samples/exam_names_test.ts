import assert from "node:assert/strict";
import { completeExams, type Sample } from "../../../shared/domain/mod.ts";
import { makeExam, makeSample } from "../../../tests/support/exams.ts";
import { examNamesOf, examNamesOfScore } from "./exam_names.ts";

function samplesOf(...exams: string[]): Sample[] {
  return exams.map((exam, examIndex) => makeSample({ exam, examIndex }));
}

Deno.test("examNamesOf: only the whole list tells a position from an id", () => {
  const list = [0, 1, 2].map((index) => makeExam(index, { id: String(index) }));
  assert.equal(examNamesOf(list), "position");
  assert.equal(examNamesOf([makeExam(0), makeExam(1)]), "exam_id");
  assert.equal(examNamesOf(list.toReversed()), "exam_id");
  const lacking = { ...list[0]!, images: { ...list[0]!.images, "L-CC": [] } };
  const complete = completeExams([lacking, ...list.slice(1)], ["L-CC"]);
  assert.deepEqual(complete.map(({ index, id }) => [index, id]), [[0, "1"], [1, "2"]]);
  assert.equal(examNamesOf(complete), "exam_id", "which is why the whole list is asked");
});

Deno.test("examNamesOfScore: what the provenance says counts, whatever the names look like", () => {
  const told = (exams_called_by: string, ...exams: string[]): string =>
    examNamesOfScore({ provenance: { exams_called_by } }, samplesOf(...exams));
  assert.equal(told("position", "1", "4"), "position");
  assert.equal(told("exam_id", "0", "1"), "exam_id");
});

Deno.test("examNamesOfScore: earlier scores are judged by names that count upwards", () => {
  const cases: [exams: string[], views: unknown, names: string][] = [
    [["0", "1", "2"], undefined, "position"],
    [["0", "2", "5"], ["L-CC"], "position"],
    [["10", "9"], ["L-CC"], "exam_id"],
    [["3", "03"], ["L-CC"], "exam_id"],
    [["0", "01"], ["L-CC"], "exam_id"],
    [["-1", "2"], ["L-CC"], "exam_id"],
    [["0", "e2"], ["L-CC"], "exam_id"],
    // Nothing was left out: the gaps are in the IDs themselves.
    [["0", "2", "5"], undefined, "exam_id"],
    [["0", "2", "5"], [], "exam_id"],
  ];
  for (const [exams, required_views, names] of cases) {
    const provenance = required_views === undefined ? {} : { required_views };
    assert.equal(examNamesOfScore({ provenance }, samplesOf(...exams)), names, exams.join());
    const turned = samplesOf(...exams).toReversed();
    assert.equal(examNamesOfScore({ provenance }, turned), names, "the order of rows says nothing");
  }
});
