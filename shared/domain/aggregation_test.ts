import assert from "node:assert/strict";
import { aggregateToBreasts, aggregateToExams, examLabel, type Sample, type View } from "./mod.ts";
import { makeSample } from "../../tests/support/exams.ts";

function image(view: View, score: number, parts: Partial<Sample> = {}): Sample {
  return makeSample({ view, image: `${view} ${score}`, score, ...parts });
}

Deno.test("aggregateToBreasts: the mean of a view's images, then of the views", () => {
  const samples = [image("L-CC", 0.2), image("L-CC", 0.4), image("L-CC", 0.9), image("L-MLO", 0.1)];
  assert.deepEqual(aggregateToBreasts(samples), [
    makeSample({ score: ((0.2 + 0.4 + 0.9) / 3 + 0.1) / 2 }),
  ]);
});

Deno.test("aggregateToBreasts: a view that is missing does not pull the mean down", () => {
  assert.equal(aggregateToBreasts([image("L-MLO", 0.7)])[0]!.score, 0.7);
});

Deno.test("aggregateToBreasts: breasts and exams stay apart, in their order, with their truth", () => {
  const samples = [
    image("L-CC", 0.1),
    image("R-CC", 0.9, { laterality: "right", label: 1 }),
    image("L-CC", 0.3, { examIndex: 1, exam: "exam1", label: 1 }),
  ];
  assert.deepEqual(
    aggregateToBreasts(samples).map(({ exam, laterality, score, label }) => [
      exam,
      laterality,
      score,
      label,
    ]),
    [["exam0", "left", 0.1, 0], ["exam0", "right", 0.9, 1], ["exam1", "left", 0.3, 1]],
  );
});

Deno.test("aggregateToBreasts: two views with one image each are added left to right, then halved", () => {
  // The metarepository's numpy mean of two values does the same, so published numbers agree exactly.
  const [cc, mlo] = [0.1, 0.7000000000000001];
  assert.equal(
    aggregateToBreasts([image("L-CC", cc), image("L-MLO", mlo)])[0]!.score,
    (cc + mlo) / 2,
  );
});

Deno.test("aggregateToExams: the higher breast, and any breast malignant, also one without images", () => {
  const breasts = [
    makeSample({ score: 0.2 }),
    makeSample({ score: 0.7, laterality: "right" }),
    makeSample({ score: -1, examIndex: 1, exam: "exam1" }),
    makeSample({ score: 0.9, examIndex: 2, exam: "exam2", label: 1 }),
    makeSample({ score: 0.1, examIndex: 2, exam: "exam2", laterality: "right" }),
  ];
  const truth = [[0, 0], [0, 1], [1, 0]] as const;
  const labels = truth.map(([left, right]) => examLabel({ malignant: { left, right } }));
  const exams = aggregateToExams(breasts, new Map(labels.entries()));
  assert.deepEqual(
    exams.map(({ exam, score, label }) => [exam, score, label]),
    [["exam0", 0.7, 0], ["exam1", -1, 1], ["exam2", 0.9, 1]],
  );
  assert(exams.every(({ laterality, view, image }) => !laterality && !view && !image));
  // Without exam labels the scored breasts decide.
  assert.deepEqual(aggregateToExams(breasts, new Map()).map(({ label }) => label), [0, 0, 1]);
  assert.deepEqual(aggregateToExams(breasts.toReversed(), new Map()).map((exam) => exam.label), [
    1,
    0,
    0,
  ]);
  assert.deepEqual(aggregateToExams([], new Map()), []);
});

Deno.test("aggregateToBreasts: nothing gives nothing", () => {
  assert.deepEqual(aggregateToBreasts([]), []);
});
