import type { Exam, JsonValue } from "../domain/mod.ts";

/** What of an exam matters to subgroups. */
export type NamedExam = Pick<Exam, "index" | "id" | "extras">;

/** What is known of each exam beyond images and truth, column by column. */
export interface Attributes {
  readonly source: "data_list" | "attributes";
  /** Names of the columns. */
  readonly keys: readonly string[];
  /**
   * @param key one of `keys`
   * @returns the value; null where the exam has none
   */
  valueOf(key: string, exam: NamedExam): JsonValue;
}

/** The key of a data list, and column of a side table, that names the exam. */
export const ID_COLUMN = "exam_id";

/** Columns that say which exam it is and whose; groups by them would be exams. */
export const NAMING_COLUMNS: readonly string[] = [ID_COLUMN, "patient_id"];

/** The further keys of the data list. */
export function attributesOfList(exams: readonly NamedExam[]): Attributes {
  const keys = new Set(exams.flatMap(({ extras }) => Object.keys(extras)));
  for (const name of NAMING_COLUMNS) keys.delete(name);
  return {
    source: "data_list",
    keys: [...keys],
    valueOf: (key, { extras }) => Object.hasOwn(extras, key) ? extras[key]! : null,
  };
}
