import assert from "node:assert/strict";
import type { Exam } from "./data_list.ts";
import type { Features } from "./features.ts";
import { predictionsCsv, scoreImages, tasksOf } from "./predictions.ts";
import { malignancyScore } from "./score.ts";

const EMPTY = { "L-CC": [], "R-CC": [], "L-MLO": [], "R-MLO": [] } as const;

function exam(images: Partial<Exam["images"]>, left = 0, right = 0): Exam {
  return { images: { ...EMPTY, ...images }, malignant: { left, right } };
}

function features(blob: number, grey: number): Features {
  return { blob, specks: 0, grid: { cells: new Float64Array(160).fill(grey) } };
}

Deno.test("tasksOf() names every image once, in data-list order", () => {
  const exams = [
    exam({ "R-CC": ["b"], "L-CC": ["a"], "L-MLO": ["a"] }),
    exam({ "L-CC": ["c", "b"] }),
  ];
  const tasks = tasksOf(exams).map(({ image, view }) => [image, view]);
  assert.deepEqual(tasks, [["a", "L-CC"], ["b", "R-CC"], ["c", "L-CC"]]);
});

Deno.test("scoreImages() compares with the other breast, and does without it where it is missing", () => {
  const both = [exam({ "L-CC": ["a"], "R-CC": ["b"] })];
  const one = [exam({ "L-CC": ["a"], "R-MLO": ["b"] })];
  const seen = new Map([["a", features(0.5, 1)], ["b", features(0.5, 0)]]);
  const compared = scoreImages(tasksOf(both), seen, 0.5);
  assert.ok(compared.get("a")! > compared.get("b")!);
  const alone = scoreImages(tasksOf(one), seen, 0.5);
  assert.equal(alone.get("a"), alone.get("b"));
  const unweighted = scoreImages(tasksOf(both), seen, 0);
  assert.equal(unweighted.get("a"), alone.get("a"));
});

Deno.test("scoreImages() never compares an image with itself", () => {
  const same = [exam({ "L-CC": ["a"], "R-CC": ["a"] })];
  const alone = [exam({ "L-CC": ["a"] })];
  const seen = new Map([["a", features(0.5, 1)]]);
  assert.deepEqual(scoreImages(tasksOf(same), seen, 1), scoreImages(tasksOf(alone), seen, 1));
});

Deno.test("malignancyScore() rises with every sign and stays inside (0, 1)", () => {
  function score(blob: number, specks: number, asymmetry: number): number {
    return malignancyScore({ features: { blob, specks }, asymmetry }, 0.5);
  }
  const base = score(0.4, 1, 0.3);
  assert.ok(score(0.6, 1, 0.3) > base && score(0.4, 3, 0.3) > base && score(0.4, 1, 0.5) > base);
  assert.ok(score(1e9, 1e9, 1e9) < 1 && score(-1e9, 0, 0) > 0);
});

Deno.test("predictionsCsv() writes a row for each time an image is named", () => {
  const exams = [
    exam({ "L-CC": ["a"], "R-CC": ["x/b"], "L-MLO": ["a"] }, 0, 1),
    exam({ "R-MLO": ['c,"d'] }),
  ];
  const scores = new Map([["a", 0.1 + 0.2], ["x/b", 0.25], ['c,"d', 0.5]]);
  assert.equal(
    predictionsCsv(exams, scores),
    "image_index,malignant_pred,malignant_label\n" +
      "a,0.30000000000000004,0\nx/b,0.25,1\na,0.30000000000000004,0\n" + '"c,""d",0.5,0\n',
  );
});
