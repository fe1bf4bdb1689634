import type { Laterality, View } from "./view.ts";

/** A JSON value; additional keys of an exam are reduced to it. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** 1: a proven malignancy; 0: none. */
export type BinaryLabel = 0 | 1;

/** One screening exam of one patient: up to four views with any number of images each. */
export interface Exam {
  /** Index in the data list, from 0. */
  readonly index: number;
  /** Id in errors, reports and subgroups; `String(index)` unless the list names the exam. */
  readonly id: string;
  /** Image names without `.png`, which may contain `/`; every view is present, perhaps empty. */
  readonly images: Readonly<Record<View, readonly string[]>>;
  /** Truth by breast; null for both if the exam is malignant on an unknown side. */
  readonly malignant: Readonly<Record<Laterality, BinaryLabel | null>>;
  /** Whether the images are mirrored; null if the list does not say. */
  readonly horizontalFlip: boolean | null;
  /** Additional keys of the exam, and further labels as `cancer_label.<name>`. */
  readonly extras: Readonly<Record<string, JsonValue>>;
}

/** Returns 1 if any breast is malignant, even on an unknown side. */
export function examLabel({ malignant }: Pick<Exam, "malignant">): BinaryLabel {
  return malignant.left === 0 && malignant.right === 0 ? 0 : 1;
}

/** Returns exam labels by exam index. */
export function examLabels(
  exams: readonly Pick<Exam, "index" | "malignant">[],
): Map<number, BinaryLabel> {
  return new Map(exams.map((exam) => [exam.index, examLabel(exam)]));
}

/** Returns whether an exam is malignant on an unknown side. */
export function isSideUnknown({ malignant }: Pick<Exam, "malignant">): boolean {
  return malignant.left === null;
}
