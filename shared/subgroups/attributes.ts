import type { Exam, JsonValue } from "../domain/mod.ts";

/** The parts of an exam that subgroups use. */
export type NamedExam = Pick<Exam, "index" | "id" | "extras">;

/** Columns of values per exam, beyond images and truth. */
export interface Attributes {
  readonly source: "data_list" | "attributes";
  readonly keys: readonly string[];
  /** Returns an exam's value for one of `keys`; null if it has none. */
  valueOf(key: string, exam: NamedExam): JsonValue;
}

/** Name of the exam id in a data list or side table. */
export const ID_COLUMN = "exam_id";

/** Columns that identify the exam or the patient; every group would be a single exam or patient. */
export const NAMING_COLUMNS: readonly string[] = [ID_COLUMN, "patient_id"];

export function attributesOfList(exams: readonly NamedExam[]): Attributes {
  const keys = new Set(exams.flatMap(({ extras }) => Object.keys(extras)));
  for (const name of NAMING_COLUMNS) keys.delete(name);
  return {
    source: "data_list",
    keys: [...keys],
    valueOf: (key, { extras }) => Object.hasOwn(extras, key) ? extras[key]! : null,
  };
}
