import { VIEWS } from "../../domain/mod.ts";
import { type Cell, writeTable } from "../csv.ts";
import { pickleToJson } from "../json_value.ts";
import type { PickleValue } from "../pickle/mod.ts";
import { columnOfLabel } from "./csv_columns.ts";
import { LABEL_KEY } from "./exam_labels.ts";
import { NAMES_SEPARATOR } from "./typed_cells.ts";

/** Columns of every table, even if no exam has the keys. */
const OWN_COLUMNS: readonly string[] = [...VIEWS, "left_malignant", "right_malignant"];

/**
 * Writes one row per exam: a view's names joined by `;`, a column per label, lists and dicts as JSON.
 * @throws {TypeError} when an exam is not a dict, a key is not text, or two keys need the same column
 */
export function csvOfEntries(values: readonly PickleValue[]): string {
  const rows = values.map(cellsOf);
  const columns = [...new Set([...OWN_COLUMNS, ...rows.flatMap((row) => [...row.keys()])])];
  return writeTable(columns, rows.map((row) => columns.map((column) => row.get(column) ?? null)));
}

function cellsOf(value: PickleValue, exam: number): Map<string, Cell> {
  if (!(value instanceof Map)) {
    throw new TypeError(`Cannot write as CSV: exam ${exam} is not a dict of views and labels`);
  }
  const cells = new Map<string, Cell>();
  for (const [key, item] of value) {
    if (typeof key !== "string" || key.trim() === "") {
      throw new TypeError(`Cannot write as CSV: a key of exam ${exam} is not text`);
    }
    if (key !== LABEL_KEY || !(item instanceof Map)) {
      setCell(cells, key, cellOf(key, item), exam);
      continue;
    }
    for (const [name, label] of item) {
      const column = columnOfLabel(typeof name === "string" ? name : pickleToJson(name));
      setCell(cells, column, cellOf(column, label), exam);
    }
  }
  return cells;
}

function setCell(cells: Map<string, Cell>, column: string, cell: Cell, exam: number): void {
  if (cells.has(column)) {
    throw new TypeError(
      `Cannot write as CSV: two keys of exam ${exam} need the column ${JSON.stringify(column)}`,
    );
  }
  cells.set(column, cell);
}

function cellOf(column: string, value: PickleValue): Cell {
  if ((VIEWS as readonly string[]).includes(column) && Array.isArray(value)) {
    return value.map((name) => typeof name === "string" ? name : pickleToJson(name))
      .join(NAMES_SEPARATOR);
  }
  if (typeof value === "number" && Number.isInteger(value)) return pickleToJson(value); // 1.0
  if (value === null || typeof value !== "object") return value;
  return pickleToJson(value);
}
