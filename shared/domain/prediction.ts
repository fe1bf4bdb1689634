import type { Laterality } from "./view.ts";

/** A model's malignancy score of one image. */
export interface ImagePrediction {
  /** 1-based line in the CSV file, header is line 1. */
  readonly row: number;
  /** Image name as the model wrote it (without `.png`). */
  readonly image: string;
  /** Malignancy score; a double, exactly as written; higher is more suspicious. */
  readonly malignant: number;
  /** The label column the model wrote, never trusted; null when absent or not a number. */
  readonly claimedLabel: number | null;
}

/** How a row says which exam it is of. A row that has neither is of the exam at its own place in the data list. */
export interface ExamRow {
  /** 1-based line in the CSV file, header is line 1. */
  readonly row: number;
  /** Id of the exam as the file has it; null where the file has no ids. */
  readonly exam: string | null;
  /** Position of the exam in the data list, from 0; null where the file has none. */
  readonly examIndex: number | null;
}

/** A model's malignancy scores of the two breasts of one exam. */
export interface BreastPrediction extends ExamRow {
  /** Malignancy score by breast; null for an empty cell, which a breast without images may have. */
  readonly malignant: Readonly<Record<Laterality, number | null>>;
}

/** A model's malignancy score of one exam. */
export interface ExamPrediction extends ExamRow {
  /** Malignancy score; a double, exactly as written; higher is more suspicious. */
  readonly malignant: number;
}

/** The content of one predictions file. */
export type Predictions =
  | { readonly level: "image"; readonly rows: readonly ImagePrediction[] }
  | { readonly level: "breast"; readonly rows: readonly BreastPrediction[] }
  | { readonly level: "exam"; readonly rows: readonly ExamPrediction[] };
