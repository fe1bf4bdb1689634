import assert from "node:assert/strict";
import fc from "fast-check";
import {
  alignPredictions,
  type Exam,
  type Fault,
  type ImagePrediction,
  tellsTruth,
  VIEWS,
} from "./mod.ts";
import { breastRows, type ImageRow, imageRows, makeExam } from "../../tests/support/exams.ts";

function alignImages(
  exams: readonly Exam[],
  ...rows: ImageRow[]
): ReturnType<typeof alignPredictions> {
  return alignPredictions(exams, { level: "image", rows: imageRows(...rows) });
}

function codes(faults: readonly Fault[]): string[] {
  return faults.map(({ code }) => code);
}

const NO_IMAGES = { "L-CC": [], "R-CC": [], "L-MLO": [], "R-MLO": [] };

Deno.test("alignPredictions: images are joined by name, whatever the order of the rows", () => {
  const exam = makeExam(0, { malignant: { left: 1, right: 0 } });
  const { samples, errors, warnings } = alignImages(
    [exam],
    ["0_R_MLO", 0.4],
    ["0_L_MLO", 0.3],
    ["0_R_CC", 0.2],
    ["0_L_CC", 0.1],
  );
  assert.deepEqual([errors, warnings], [[], []]);
  assert.deepEqual(
    samples.map(({ laterality, view, image, score, label }) => [
      laterality,
      view,
      image,
      score,
      label,
    ]),
    [
      ["left", "L-CC", "0_L_CC", 0.1, 1],
      ["left", "L-MLO", "0_L_MLO", 0.3, 1],
      ["right", "R-CC", "0_R_CC", 0.2, 0],
      ["right", "R-MLO", "0_R_MLO", 0.4, 0],
    ],
  );
});

Deno.test("alignPredictions: empty views are no samples, several images of a view are several", () => {
  const exam = makeExam(0, { images: { ...NO_IMAGES, "L-CC": ["a", "b"], "R-MLO": ["c"] } });
  const { samples } = alignImages([exam], ["a", 0.1], ["b", 0.2], ["c", 0.3]);
  assert.deepEqual(samples.map(({ view, image }) => [view, image]), [
    ["L-CC", "a"],
    ["L-CC", "b"],
    ["R-MLO", "c"],
  ]);
});

Deno.test("alignPredictions: every missing, unknown and contradictory row is named", () => {
  const { samples, errors } = alignImages(
    [makeExam(0), makeExam(1)],
    ["0_L_CC", 0.1],
    ["0_L_CC", 0.2],
    ["elsewhere", 0.3],
    ["0_R_CC", 0.1],
    ["0_L_MLO", 0.1],
    ["0_R_MLO", 0.1],
    ["1_L_CC", 0.1],
    ["1_R_CC", 0.1],
    ["1_L_MLO", 0.1],
  );
  assert.deepEqual(samples, [], "nothing is scored in part");
  assert.deepEqual(codes(errors), [
    "prediction_contradiction",
    "prediction_unknown",
    "prediction_missing",
  ]);
  assert.match(errors[0]!.message, /^Rows 2 and 3: image 0_L_CC has two different scores$/);
  assert.match(errors[1]!.message, /^Row 4: image elsewhere is not in the data list$/);
  assert.match(errors[2]!.message, /image 1_R_MLO \(exam exam1, R-MLO\)/);
  assert.deepEqual([errors[2]!.exam, errors[2]!.view, errors[2]!.image], [
    "exam1",
    "R-MLO",
    "1_R_MLO",
  ]);
});

Deno.test("alignPredictions: scores that differ in the last bit contradict", () => {
  const exam = makeExam(0, { images: { ...NO_IMAGES, "L-CC": ["a"] } });
  const { errors } = alignImages([exam], ["a", 0.3], ["a", 0.1 + 0.2]);
  assert.deepEqual(codes(errors), ["prediction_contradiction"]);
});

Deno.test("alignPredictions: an image under two views has one score, the mean of its rows", () => {
  const exam = makeExam(0, { images: { ...NO_IMAGES, "L-CC": ["a"], "L-MLO": ["a", "b"] } });
  const rows: [string, number][] = [["a", 0.1], ["b", 0.9], ["a", 0.4]];
  for (const order of [rows, rows.toReversed()]) {
    const { samples, errors, warnings } = alignImages([exam], ...order);
    assert.deepEqual(errors, []);
    assert.deepEqual(samples.map(({ view, score }) => [view, score]), [
      ["L-CC", 0.25],
      ["L-MLO", 0.25],
      ["L-MLO", 0.9],
    ]);
    assert.deepEqual(codes(warnings), ["prediction_averaged"]);
    assert.match(warnings[0]!.message, /^Image a is named 2 times .* its 2 rows have different/);
  }
  const more = alignImages([exam], ...rows, ["a", 0.3]);
  assert.deepEqual(codes(more.errors), ["prediction_contradiction"], "more rows than places");
});

Deno.test("alignPredictions: an image under two views is two samples, its rows may repeat", () => {
  const exam = makeExam(0, { images: { ...NO_IMAGES, "L-CC": ["a"], "R-CC": ["a"] } });
  const once = alignImages([exam], ["a", 0.3]);
  assert.deepEqual(once.samples.map(({ laterality }) => laterality), ["left", "right"]);
  const twice = alignImages([exam], ["a", 0.3], ["a", 0.3]);
  assert.deepEqual(twice, once);
  const thrice = alignImages([exam], ["a", 0.3], ["a", 0.3], ["a", 0.3]);
  assert.deepEqual(codes(thrice.warnings), ["prediction_repeated"]);
  assert.match(thrice.warnings[0]!.message, /^Row 4: .* counts once$/);
});

Deno.test("alignPredictions: labels that the file claims never count, and false ones are named", () => {
  const exam = makeExam(0, {
    images: { ...NO_IMAGES, "L-CC": ["a"], "R-CC": ["b"] },
    malignant: { left: 1, right: 0 },
  });
  const honest = alignImages([exam], ["a", 0.3, 1], ["b", 0.1, 0]);
  assert.deepEqual(honest.warnings, []);
  const swapped = alignImages([exam], ["a", 0.3, 0], ["b", 0.1, 1]);
  assert.deepEqual(swapped.samples, honest.samples);
  assert.deepEqual(codes(swapped.warnings), ["label_mismatch", "label_mismatch"]);
  assert.match(
    swapped.warnings[0]!.message,
    /^Row 2: the file's own label 0 contradicts the data list \(1\) for image a; the label of the data list is used$/,
  );
  const blinded = alignImages([exam], ["a", 0.3, 0], ["b", 0.1, 0]);
  assert.deepEqual(blinded.warnings, [], "a column of zeros is the blinded one and claims nothing");
});

Deno.test("alignPredictions: breasts are joined by position, left before right", () => {
  const exams = [makeExam(0), makeExam(1, { malignant: { left: 0, right: 1 } })];
  const rows = breastRows([1, 0.3, 0.4], [0, 0.1, 0.2]);
  const { samples, errors } = alignPredictions(exams, { level: "breast", rows });
  assert.deepEqual(errors, []);
  assert.deepEqual(samples.map(({ exam, score, label }) => [exam, score, label]), [
    ["exam0", 0.1, 0],
    ["exam0", 0.2, 0],
    ["exam1", 0.3, 0],
    ["exam1", 0.4, 1],
  ]);
});

Deno.test("alignPredictions: breast rows must be one an exam, and all of them", () => {
  const rows = breastRows([0, 0, 0], [0, 0, 0], [7, 0, 0], [-1, 0, 0]);
  const { samples, errors } = alignPredictions([makeExam(0), makeExam(1)], {
    level: "breast",
    rows,
  });
  assert.deepEqual(samples, []);
  assert.deepEqual(codes(errors), [
    "prediction_unknown",
    "prediction_unknown",
    "prediction_repeated",
    "prediction_missing",
  ]);
  assert.match(errors[2]!.message, /^Row 3: exam exam0 already has a row \(2\)$/);
  assert.match(errors[3]!.message, /exam1: the file must have a row for each of the 2 exams/);
});

Deno.test("alignPredictions: scores that equal the truth are named, others are not", () => {
  const exams = [0, 1, 2].map((index) =>
    makeExam(index, { malignant: { left: index === 1 ? 1 : 0, right: 0 } })
  );
  const equal: [rows: Parameters<typeof breastRows>, equals: boolean][] = [
    [[[0, 0, 0], [1, 1, 0], [2, 0, 0]], true],
    [[[0, 0.1, 0.1], [1, 0.9, 0.1], [2, 0.1, 0.1]], true],
    [[[0, 0.1, 0.1], [1, 0.9, 0.1], [2, 0.2, 0.1]], false],
    [[[0, 1, 1], [1, 0, 1], [2, 1, 1]], false],
    [[[0, 0, 0], [1, 0, 0], [2, 0, 0]], false],
  ];
  for (const [rows, equals] of equal) {
    const { warnings } = alignPredictions(exams, { level: "breast", rows: breastRows(...rows) });
    assert.deepEqual(codes(warnings), equals ? ["predictions_equal_truth"] : []);
    assert.ok(warnings.every(tellsTruth));
  }
});

Deno.test("alignPredictions: no order of rows or exams changes which score goes with which truth", () => {
  const cases = fc.array(
    fc.record({ scores: fc.array(fc.double({ noNaN: true }), { minLength: 4, maxLength: 4 }) }),
    { minLength: 1, maxLength: 6 },
  ).chain((exams) =>
    fc.record({
      exams: fc.constant(exams),
      order: fc.shuffledSubarray([...Array(exams.length * 4).keys()], {
        minLength: exams.length * 4,
      }),
    })
  );
  fc.assert(fc.property(cases, ({ exams, order }) => {
    const list = exams.map((_, index) =>
      makeExam(index, { malignant: { left: index % 2 as 0 | 1, right: 1 } })
    );
    const all: ImagePrediction[] = list.flatMap(({ index, images }) =>
      VIEWS.map((view, at) => ({
        row: 0,
        image: images[view][0]!,
        malignant: exams[index]!.scores[at]!,
        claimedLabel: null,
      }))
    );
    const rows = order.map((at) => all[at]!);
    const { samples } = alignPredictions(list, { level: "image", rows });
    assert.equal(samples.length, all.length);
    for (const { image, score, label, examIndex, laterality } of samples) {
      assert.equal(score, all.find((row) => row.image === image)!.malignant);
      assert.equal(label, list[examIndex]!.malignant[laterality!]);
    }
  }));
});

Deno.test("alignPredictions: a breast without images is no sample, unless the exam has none at all", () => {
  const left = makeExam(0, {
    images: { ...NO_IMAGES, "L-CC": ["a"] },
    malignant: { left: 1, right: 1 },
  });
  const unseen = makeExam(1, { images: NO_IMAGES });
  const sidesOf = (right: number | null): unknown[] => {
    const rows = [
      { row: 2, exam: null, examIndex: 0, malignant: { left: 0.5, right } },
      ...breastRows([1, 0.1, 0.2]).map((row) => ({ ...row, row: 3 })),
    ];
    const { samples, errors } = alignPredictions([left, unseen], { level: "breast", rows });
    assert.deepEqual(errors, []);
    return samples.map(({ examIndex, laterality }) => [examIndex, laterality]);
  };
  const expected = [[0, "left"], [1, "left"], [1, "right"]];
  assert.deepEqual([sidesOf(0.9), sidesOf(null)], [expected, expected]);
  const empty = alignPredictions([left, unseen], {
    level: "breast",
    rows: [
      { row: 2, exam: null, examIndex: 0, malignant: { left: null, right: 0 } },
      { row: 3, exam: null, examIndex: 1, malignant: { left: 0, right: null } },
    ],
  });
  assert.deepEqual(empty.errors.map(({ code, row, field }) => [code, row, field]), [
    ["score_missing", 2, "left_malignant"],
    ["score_missing", 3, "right_malignant"],
  ]);
});
