/**
 * Factories of exams and predictions, for tests only.
 *
 * @module
 */
import type {
  BreastPrediction,
  Exam,
  ImagePrediction,
  Sample,
  View,
} from "../../shared/domain/mod.ts";

/** Creates an exam with one image per view, named `<index>_L_CC` and so on. */
export function makeExam(index: number, parts: Partial<Exam> = {}): Exam {
  const image = (view: View): string[] => [`${index}_${view.replace("-", "_")}`];
  return {
    index,
    id: `exam${index}`,
    images: {
      "L-CC": image("L-CC"),
      "R-CC": image("R-CC"),
      "L-MLO": image("L-MLO"),
      "R-MLO": image("R-MLO"),
    },
    malignant: { left: 0, right: 0 },
    horizontalFlip: false,
    extras: {},
    ...parts,
  };
}

/** Image, score and optionally the label that the file claims. */
export type ImageRow = readonly [image: string, score: number, claimed?: number];

/** Rows of an image-level file, numbered as lines 2, 3 and so on. */
export function imageRows(
  ...rows: ImageRow[]
): ImagePrediction[] {
  return rows.map(([image, malignant, claimedLabel = null], at) => ({
    row: at + 2,
    image,
    malignant,
    claimedLabel,
  }));
}

/** Rows of a breast-level file, numbered as lines 2, 3 and so on. */
export function breastRows(
  ...rows: (readonly [examIndex: number, left: number, right: number])[]
): BreastPrediction[] {
  return rows.map(([examIndex, left, right], at) => ({
    row: at + 2,
    exam: null,
    examIndex,
    malignant: { left, right },
  }));
}

/** Creates a breast-level sample of the left breast. */
export function makeSample(parts: Partial<Sample> = {}): Sample {
  return {
    examIndex: 0,
    exam: "exam0",
    laterality: "left",
    view: null,
    image: null,
    score: 0.5,
    label: 0,
    ...parts,
  };
}
