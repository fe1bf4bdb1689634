import assert from "node:assert/strict";
import { completeExams, missingViews } from "./complete_exams.ts";
import type { Exam } from "./exam.ts";

function exam(index: number, images: Partial<Exam["images"]>): Exam {
  return {
    index,
    id: `E${index}`,
    images: { "L-CC": [], "R-CC": [], "L-MLO": [], "R-MLO": [], ...images },
    malignant: { left: 0, right: 0 },
    horizontalFlip: null,
    extras: {},
  };
}

const EXAMS = [
  exam(0, { "L-CC": ["a"] }),
  exam(1, { "L-CC": ["b"], "R-CC": ["c"] }),
  exam(2, {}),
  exam(3, { "L-CC": ["d"], "R-CC": ["e", "f"] }),
];

Deno.test("missing views are told in the model's order", () => {
  assert.deepEqual(missingViews(EXAMS[0]!, ["R-CC", "L-CC", "R-MLO"]), ["R-CC", "R-MLO"]);
  assert.deepEqual(missingViews(EXAMS[2]!, []), []);
});

Deno.test("complete exams keep their ids and are counted anew", () => {
  const kept = completeExams(EXAMS, ["L-CC", "R-CC"]);
  assert.deepEqual(kept.map(({ index, id }) => [index, id]), [[0, "E1"], [1, "E3"]]);
});

Deno.test("a model that needs no view in particular takes all exams", () => {
  assert.deepEqual(completeExams(EXAMS, []), EXAMS);
});
