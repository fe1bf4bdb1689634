import { VIEWS } from "../../domain/mod.ts";
import { readTable, type Table, type TableRow } from "../csv.ts";
import type { PickleValue } from "../pickle/mod.ts";
import { roundedKeys } from "../rounded_key.ts";
import { requireColumn, setKey } from "./csv_columns.ts";
import type { RawEntries } from "./entries.ts";
import { EXAM_LABEL } from "./exam_labels.ts";
import { isOutcomeColumn } from "./exam_outcomes.ts";
import { entriesOfImageRows } from "./entries_csv_images.ts";
import { type CellReader, cellReaders, labelCellFaults } from "./typed_cells.ts";

/**
 * Reads one row per exam (a column per view, labels by breast or `malignant`, further columns as keys), or one row
 * per image: see {@linkcode entriesOfImageRows}.
 * @throws {SyntaxError} when the table is malformed or lacks a column
 */
export function entriesOfCsv(text: string, hasTables = false): RawEntries {
  const table = readTable(text);
  const labelFaults = labelCellFaults(table);
  const told = new Set(labelFaults.map(({ row }) => row!));
  const errors = [...labelFaults, ...roundedKeys(table, ["exam_id", "image", ...VIEWS])];
  const entries = table.columns.includes("image")
    ? entriesOfImageRows(table, told)
    : entriesOfExamRows(table, told, hasTables);
  return { ...entries, errors: [...errors, ...entries.errors ?? []] };
}

/** Reads a table with one row per exam; `told` are the lines whose wrong labels are already reported. */
function entriesOfExamRows(
  table: Table,
  told: ReadonlySet<number>,
  hasTables: boolean,
): RawEntries {
  const misspelt = table.columns.some((column) => /^[LR].?(?:CC|MLO)$/i.test(column));
  const hasExamLabel = table.columns.includes(EXAM_LABEL);
  const hasOutcomes = hasTables || table.columns.some(isOutcomeColumn);
  const hasLabels = hasExamLabel || hasOutcomes || table.columns.includes("left_malignant");
  if (!VIEWS.some((view) => table.columns.includes(view)) && (misspelt || !hasLabels)) {
    throw new SyntaxError(
      `Cannot read the data list: no column is called ${VIEWS.join(", ")} or image`,
    );
  }
  const sides = ["left_malignant", "right_malignant"];
  if (!(hasExamLabel || hasOutcomes) || sides.some((name) => table.columns.includes(name))) {
    for (const name of sides) requireColumn(table, name);
  }
  const readers = cellReaders(table);
  return {
    values: table.rows.map((row) => examOf(row, readers)),
    rows: table.rows.map(({ line }) => line),
    labelsTold: new Set(table.rows.flatMap(({ line }, index) => told.has(line) ? [index] : [])),
  };
}

function examOf(row: TableRow, readers: readonly (CellReader | null)[]): PickleValue {
  const exam = new Map<string, PickleValue>();
  for (const [index, cell] of row.cells.entries()) {
    const reader = readers[index];
    if (reader) setKey(exam, reader.column, reader.read(cell));
  }
  return exam;
}
