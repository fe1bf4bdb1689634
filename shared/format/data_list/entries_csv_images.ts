import { lateralityOf, type View, VIEWS } from "../../domain/mod.ts";
import type { Table, TableRow } from "../csv.ts";
import { told } from "../faults.ts";
import type { PickleValue } from "../pickle/mod.ts";
import { requireColumn, setKey } from "./csv_columns.ts";
import type { RawEntries } from "./entries.ts";
import { type CellReader, cellReaders } from "./typed_cells.ts";

/** An exam while its rows are gathered. */
interface Gathered {
  readonly line: number;
  readonly images: Readonly<Record<View, string[]>>;
  /** Cells of the further columns, one of each row, by column. */
  readonly further: Map<string, PickleValue[]>;
}

/** Columns that say which image a row is of. */
const PLACE_COLUMNS: readonly string[] = ["image", "view", "laterality"];

/**
 * Takes the exams out of a table with one row an image: `exam_id`, `image`, `view` (`L-CC`, or `CC`
 * with a column `laterality` that holds `L`, `R`, `left` or `right`), and the labels of both breasts
 * in `left_malignant` and `right_malignant`, the same in every row of an exam, or the label of the
 * row's own breast in `malignant`. Further columns become further keys: one value where all rows of
 * the exam agree, else a list in the order of the rows.
 *
 * @param table the table
 * @returns one dict an exam, in the order of their first rows, with the lines of those
 * @throws {SyntaxError} when a column is missing, a row names no exam or no standard view, or rows
 *   of one breast have different labels; with the line
 */
export function entriesOfImageRows(table: Table): RawEntries {
  for (const name of ["exam_id", "view"]) requireColumn(table, name);
  const hasBothLabels = table.columns.includes("left_malignant");
  if (!hasBothLabels) requireColumn(table, "malignant");
  const readers = cellReaders(table);
  const exams = new Map<string, Gathered>();
  for (const row of table.rows) gather(exams, row, readers, hasBothLabels);
  const gathered = [...exams.values()];
  return { values: gathered.map(dictOf), rows: gathered.map(({ line }) => line) };
}

function gather(
  exams: Map<string, Gathered>,
  row: TableRow,
  readers: readonly (CellReader | null)[],
  hasBothLabels: boolean,
): void {
  const cells = new Map<string, PickleValue>();
  for (const [index, reader] of readers.entries()) {
    if (reader !== null) cells.set(reader.column, reader.read(row.cells[index]!));
  }
  const id = cells.get("exam_id");
  const image = cells.get("image");
  if (typeof id !== "string") throw refusal(row, "names no exam in column exam_id");
  if (typeof image !== "string") throw refusal(row, "names no image in column image");
  const view = viewOf(cells, row);
  let exam = exams.get(id);
  if (exam === undefined) {
    const images = Object.fromEntries(VIEWS.map((name) => [name, []])) as unknown as Record<
      View,
      string[]
    >;
    exams.set(id, exam = { line: row.line, images, further: new Map() });
  }
  exam.images[view].push(image);
  for (const [column, value] of cells) {
    if (PLACE_COLUMNS.includes(column)) continue;
    const key = column === "malignant" && !hasBothLabels
      ? `${lateralityOf(view)}_malignant`
      : column;
    const values = exam.further.get(key);
    if (values === undefined) exam.further.set(key, [value]);
    else if (key.endsWith("_malignant") && values[0] !== value) {
      throw refusal(row, `gives ${key} of exam ${told(id)} another value than the rows before`);
    } else values.push(value);
  }
}

function viewOf(cells: ReadonlyMap<string, PickleValue>, row: TableRow): View {
  const view = String(cells.get("view") ?? "").toUpperCase().replace("_", "-");
  const side = String(cells.get("laterality") ?? "").charAt(0).toUpperCase();
  const name = VIEWS.find((standard) => standard === view || standard === `${side}-${view}`);
  if (name !== undefined && (side === "" || name.startsWith(side))) return name;
  throw refusal(row, `is of no standard view; column view must be one of ${VIEWS.join(", ")}`);
}

function dictOf(exam: Gathered): PickleValue {
  const dict = new Map<string, PickleValue>(Object.entries(exam.images));
  for (const [column, values] of exam.further) {
    setKey(dict, column, values.every((value) => value === values[0]) ? values[0]! : values);
  }
  return dict;
}

function refusal(row: TableRow, reason: string): SyntaxError {
  return new SyntaxError(`Cannot read the data list: line ${row.line} ${reason}`);
}
