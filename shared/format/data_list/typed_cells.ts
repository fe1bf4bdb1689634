import { type FaultParts, VIEWS } from "../../domain/mod.ts";
import type { Table } from "../csv.ts";
import { told } from "../faults.ts";
import { pickleFromJson } from "../json_value.ts";
import type { PickleValue } from "../pickle/mod.ts";
import { isLabelColumn } from "./csv_columns.ts";

/** Reads the cells of one column. */
export interface CellReader {
  /** Name of the column. */
  readonly column: string;
  /** Parses a cell; an empty cell is null, for views an empty list. */
  readonly read: (cell: string) => PickleValue;
}

/** Separates the image names of one view. */
export const NAMES_SEPARATOR = ";";
/** Columns that stay text even if they look like numbers. */
const TEXT_COLUMNS: readonly string[] = [
  "exam_id",
  "patient_id",
  "horizontal_flip",
  "image",
  "view",
  "laterality",
];
/** Integers and decimals in canonical form: `007` and `+1` are text. */
const INTEGER = /^-?(?:0|[1-9]\d{0,17})$/;
const DECIMAL = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const MISSING = /^(?:|nan|none|null|na|n\/a|#n\/a|<na>|nat)$/i;
const LABEL = /^(?:[01](?:\.0*)?|true|false)$/i;

/** Returns a fault for every label cell that is not a label, in row order. Each cell is judged alone. */
export function labelCellFaults(table: Table): FaultParts[] {
  const places = table.columns.flatMap((column, place) =>
    isLabelColumn(column) && column.endsWith("malignant") ? [place] : []
  );
  const idPlace = table.columns.indexOf("exam_id");
  return table.rows.flatMap(({ line, cells }) =>
    places.filter((place) => !isLabelOrMissing(cells[place]!)).map((place) => {
      const field = table.columns[place]!;
      const exam = idPlace < 0 ? "" : cells[idPlace]!.trim();
      const message = `Line ${line}, column ${field} is ${told(cells[place]!.trim())}` +
        `${exam === "" ? "" : ` (exam ${told(exam)})`}; give 0 or 1`;
      return { code: "label_invalid", message, exam: exam || null, row: line, field };
    })
  );
}

function isLabelOrMissing(cell: string): boolean {
  const text = cell.trim();
  return MISSING.test(text) || LABEL.test(text);
}

/**
 * A reader per column; null for an unnamed index. Label cells are typed one by one, others by column, so that ids like
 * `0123` next to `4567` stay text.
 */
export function cellReaders(table: Table): (CellReader | null)[] {
  return table.columns.map((column, index) => {
    if (column === "") return null;
    if ((VIEWS as readonly string[]).includes(column)) return { column, read: namesOf };
    if (TEXT_COLUMNS.includes(column)) return { column, read: textOf };
    if (isLabelColumn(column)) return { column, read: labelOf };
    const cells = table.rows.map(({ cells }) => cells[index]!.trim());
    if (cells.every((cell) => MISSING.test(cell) || DECIMAL.test(cell))) {
      return { column, read: numberOf };
    }
    if (cells.every((cell) => MISSING.test(cell) || /^(?:true|false)$/i.test(cell))) {
      return { column, read: booleanOf };
    }
    if (cells.some((cell) => !MISSING.test(cell)) && cells.every(isMissingOrNested)) {
      return { column, read: nestedOf };
    }
    return { column, read: textOf };
  });
}

function namesOf(cell: string): PickleValue {
  return cell.split(NAMES_SEPARATOR).map((name) => name.trim()).filter((name) => name !== "");
}

function textOf(cell: string): PickleValue {
  const text = cell.trim();
  return text === "" ? null : text;
}

function labelOf(cell: string): PickleValue {
  const text = cell.trim();
  if (DECIMAL.test(text)) return numberOf(text);
  return MISSING.test(text) || /^(?:true|false)$/i.test(text) ? booleanOf(text) : text;
}

function numberOf(cell: string): PickleValue {
  const text = cell.trim();
  if (MISSING.test(text)) return null;
  return INTEGER.test(text) ? BigInt(text) : Number(text);
}

function booleanOf(cell: string): PickleValue {
  const text = cell.trim().toLowerCase();
  return MISSING.test(text) ? null : text === "true";
}

function isMissingOrNested(cell: string): boolean {
  return MISSING.test(cell) || nestedValue(cell) !== null;
}

function nestedOf(cell: string): PickleValue {
  return nestedValue(cell.trim());
}

/** Parses a list or dict in JSON; null for anything else. */
function nestedValue(text: string): PickleValue {
  if (!/^[[{]/.test(text)) return null;
  try {
    return pickleFromJson(text);
  } catch {
    return null;
  }
}
