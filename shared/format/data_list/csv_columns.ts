import type { Table } from "../csv.ts";
import type { PickleValue } from "../pickle/mod.ts";

/** Columns that belong into the dict `cancer_label`, besides all called `cancer_label.<name>`. */
const LABEL_COLUMNS: readonly string[] = [
  "left_malignant",
  "right_malignant",
  "left_benign",
  "right_benign",
  "malignant",
  "benign",
  "unknown",
];
const LABEL_PREFIX = "cancer_label.";

/** Puts a value where an exam's dict has it: labels inside `cancer_label`. */
export function setKey(exam: Map<string, PickleValue>, column: string, value: PickleValue): void {
  const isPrefixed = column.startsWith(LABEL_PREFIX);
  if (!isPrefixed && !LABEL_COLUMNS.includes(column)) {
    exam.set(column, value);
    return;
  }
  const label = exam.get("cancer_label");
  const name = isPrefixed ? column.slice(LABEL_PREFIX.length) : column;
  if (label instanceof Map) label.set(name, value);
  else exam.set("cancer_label", new Map([[name, value]]));
}

/** Tells whether the cells of a column are labels: 0, 1, true, false or nothing. */
export function isLabelColumn(column: string): boolean {
  const name = column.startsWith(LABEL_PREFIX) ? column.slice(LABEL_PREFIX.length) : column;
  return LABEL_COLUMNS.includes(name);
}

/**
 * Names the column of a label.
 *
 * @param name key inside `cancer_label`
 * @returns the column from which {@linkcode setKey} puts it there
 */
export function columnOfLabel(name: string): string {
  return LABEL_COLUMNS.includes(name) ? name : `${LABEL_PREFIX}${name}`;
}

/**
 * Refuses a table without a column.
 *
 * @param name the column it must have
 * @throws {SyntaxError} when it has not
 */
export function requireColumn(table: Table, name: string): void {
  if (!table.columns.includes(name)) {
    throw new SyntaxError(`Cannot read the data list: column ${name} is missing`);
  }
}
