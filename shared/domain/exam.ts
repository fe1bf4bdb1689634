import type { Laterality, View } from "./view.ts";

/** A value that JSON can hold: what further keys of an exam are reduced to for people and subgroups. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** 1 when a malignancy was proven, 0 when not. */
export type BinaryLabel = 0 | 1;

/** One screening examination of one patient: up to four views, any number of images of each. */
export interface Exam {
  /** Position in the data list, from 0. */
  readonly index: number;
  /** What errors, reports and subgroups call the exam; `String(index)` unless the list names it. */
  readonly id: string;
  /** Image names without `.png`, may contain `/`; every view is present, perhaps empty. */
  readonly images: Readonly<Record<View, readonly string[]>>;
  /** The truth, by breast; null for both where the exam is malignant and nobody knows on which side. */
  readonly malignant: Readonly<Record<Laterality, BinaryLabel | null>>;
  /** Whether the images are mirrored; null when the list does not say. */
  readonly horizontalFlip: boolean | null;
  /** All further keys of the exam, and further labels under `cancer_label.<name>`. */
  readonly extras: Readonly<Record<string, JsonValue>>;
}

/**
 * Tells the truth of a whole exam.
 *
 * @returns 1 when any breast is malignant, also where the side is not known
 */
export function examLabel({ malignant }: Pick<Exam, "malignant">): BinaryLabel {
  return malignant.left === 0 && malignant.right === 0 ? 0 : 1;
}

/** Tells the truth of whole exams. */
export function examLabels(
  exams: readonly Pick<Exam, "index" | "malignant">[],
): Map<number, BinaryLabel> {
  return new Map(exams.map((exam) => [exam.index, examLabel(exam)]));
}

/** Tells whether an exam is malignant on a side that nobody knows. */
export function isSideUnknown({ malignant }: Pick<Exam, "malignant">): boolean {
  return malignant.left === null;
}
