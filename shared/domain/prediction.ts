import type { Laterality } from "./view.ts";

/** A model's malignancy score for one image. */
export interface ImagePrediction {
  /** 1-based line in the CSV file; the header is line 1. */
  readonly row: number;
  /** Image name as written, without `.png`. */
  readonly image: string;
  /** Malignancy score, exactly as written; higher is more suspicious. */
  readonly malignant: number;
  /** The file's own label, never trusted; null if absent or not a number. */
  readonly claimedLabel: number | null;
}

/** How a row names its exam. If both fields are null, the row's own position counts. */
export interface ExamRow {
  /** 1-based line in the CSV file; the header is line 1. */
  readonly row: number;
  /** Id of the exam; null if the file has no ids. */
  readonly exam: string | null;
  /** Index of the exam in the data list, from 0; null if the file has none. */
  readonly examIndex: number | null;
}

/** A model's malignancy scores for the two breasts of one exam. */
export interface BreastPrediction extends ExamRow {
  /** Malignancy score by breast; null for an empty cell, allowed for a breast without images. */
  readonly malignant: Readonly<Record<Laterality, number | null>>;
}

/** A model's malignancy score for one exam. */
export interface ExamPrediction extends ExamRow {
  /** Malignancy score, exactly as written; higher is more suspicious. */
  readonly malignant: number;
}

/** The content of one predictions file. */
export type Predictions =
  | { readonly level: "image"; readonly rows: readonly ImagePrediction[] }
  | { readonly level: "breast"; readonly rows: readonly BreastPrediction[] }
  | { readonly level: "exam"; readonly rows: readonly ExamPrediction[] };
