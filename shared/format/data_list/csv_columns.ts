import type { Table } from "../csv.ts";
import type { PickleValue } from "../pickle/mod.ts";

/** Columns that belong in the dict `cancer_label`, besides all named `cancer_label.<name>`. */
const LABEL_COLUMNS: readonly string[] = [
  ...["left_malignant", "right_malignant", "left_benign", "right_benign", "malignant"],
  ...["benign", "unknown"],
];
const LABEL_PREFIX = "cancer_label.";

/** Sets a value in an exam's dict; labels go into `cancer_label`. */
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

/** Whether the cells of a column are labels: 0, 1, true, false or empty. */
export function isLabelColumn(column: string): boolean {
  const name = column.startsWith(LABEL_PREFIX) ? column.slice(LABEL_PREFIX.length) : column;
  return LABEL_COLUMNS.includes(name);
}

/** Returns the column of a key of `cancer_label`; the inverse of {@linkcode setKey}. */
export function columnOfLabel(name: string): string {
  return LABEL_COLUMNS.includes(name) ? name : `${LABEL_PREFIX}${name}`;
}

/** @throws {SyntaxError} when the table lacks the column */
export function requireColumn(table: Table, name: string): void {
  if (!table.columns.includes(name)) {
    throw new SyntaxError(`Cannot read the data list: column ${name} is missing`);
  }
}
