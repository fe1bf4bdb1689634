import { unpickle, type Unpickled } from "./unpickle.ts";

/** The views in the order in which predictions are written. */
export const VIEWS = ["L-CC", "R-CC", "L-MLO", "R-MLO"] as const;

/** One of the four standard views. */
export type View = (typeof VIEWS)[number];

/** One exam of the data list. */
export interface Exam {
  /** Image names by view, without `.png`. */
  readonly images: Readonly<Record<View, readonly string[]>>;
  /** Labels as the data list has them: zeros where mammoeval blanked them. */
  readonly malignant: { readonly left: number; readonly right: number };
}

function imagesOf(exam: Map<Unpickled, Unpickled>, view: View, index: number): string[] {
  const names = exam.get(view) ?? [];
  if (!Array.isArray(names) || names.some((name) => typeof name !== "string")) {
    throw new TypeError(`Cannot read data list: exam ${index}, ${view} is not a list of names`);
  }
  return names as string[];
}

function labelOf(exam: Map<Unpickled, Unpickled>, key: string): number {
  const labels = exam.get("cancer_label");
  const label = labels instanceof Map ? labels.get(key) : undefined;
  return Number(label ?? 0);
}

/**
 * Reads a pickled data list.
 *
 * @param bytes the file
 * @returns its exams, in order
 * @throws {SyntaxError} when it is no pickle of plain data
 * @throws {TypeError} when it is not a list of exams
 */
export function readDataList(bytes: Uint8Array): Exam[] {
  const list = unpickle(bytes);
  if (!Array.isArray(list)) throw new TypeError("Cannot read data list: it is not a list");
  return list.map((exam, index) => {
    if (!(exam instanceof Map)) {
      throw new TypeError(`Cannot read data list: exam ${index} is not a dict`);
    }
    const images = {
      "L-CC": imagesOf(exam, "L-CC", index),
      "R-CC": imagesOf(exam, "R-CC", index),
      "L-MLO": imagesOf(exam, "L-MLO", index),
      "R-MLO": imagesOf(exam, "R-MLO", index),
    };
    const left = labelOf(exam, "left_malignant");
    return { images, malignant: { left, right: labelOf(exam, "right_malignant") } };
  });
}
