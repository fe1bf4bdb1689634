import { type FaultParts, idKey, lateralityOf, type View, VIEWS } from "../../domain/mod.ts";
import type { Table, TableRow } from "../csv.ts";
import { told } from "../faults.ts";
import type { PickleValue } from "../pickle/mod.ts";
import { requireColumn, setKey } from "./csv_columns.ts";
import type { RawEntries } from "./entries.ts";
import { type CellReader, cellReaders } from "./typed_cells.ts";

/** An exam while its rows are collected. */
interface Gathered {
  readonly line: number;
  readonly images: Readonly<Record<View, string[]>>;
  /** Whether a wrong label of one of its rows is already reported. */
  isTold: boolean;
  /** Cells of the further columns, one per row, by column. */
  readonly further: Map<string, PickleValue[]>;
}

/** Columns that say which image a row is about. */
const PLACE_COLUMNS: readonly string[] = ["image", "view", "laterality"];

/**
 * Reads one row per image: `exam_id`, `image`, `view` (`L-CC`, or `CC` with `laterality`), and the labels of both
 * breasts, or that of the row's own in `malignant`. Further columns become keys: one value when all rows of the exam
 * agree, else a list. A row without exam, image or view, or with a contradictory label, is a fault.
 * @throws {SyntaxError} when a column is missing
 */
export function entriesOfImageRows(table: Table, told: ReadonlySet<number>): RawEntries {
  for (const name of ["exam_id", "view"]) requireColumn(table, name);
  const hasBothLabels = table.columns.includes("left_malignant");
  if (!hasBothLabels) requireColumn(table, "malignant");
  const readers = cellReaders(table);
  const exams = new Map<string, Gathered>();
  const errors: FaultParts[] = [];
  for (const row of table.rows) {
    const fault = gather(exams, row, readers, { hasBothLabels, isTold: told.has(row.line) });
    if (fault !== null) errors.push({ ...fault, row: row.line });
  }
  const gathered = [...exams.values()];
  return {
    values: gathered.map(dictOf),
    rows: gathered.map(({ line }) => line),
    errors,
    labelsTold: new Set(gathered.flatMap(({ isTold }, index) => isTold ? [index] : [])),
  };
}

function gather(
  exams: Map<string, Gathered>,
  row: TableRow,
  readers: readonly (CellReader | null)[],
  { hasBothLabels, isTold }: { readonly hasBothLabels: boolean; readonly isTold: boolean },
): FaultParts | null {
  const cells = new Map<string, PickleValue>();
  for (const [index, reader] of readers.entries()) {
    if (reader !== null) cells.set(reader.column, reader.read(row.cells[index]!));
  }
  const id = cells.get("exam_id");
  const image = cells.get("image");
  if (typeof id !== "string") {
    const message = `Line ${row.line} has no exam id; fill column exam_id`;
    return { code: "row_exam_missing", message, field: "exam_id" };
  }
  const exam = examOf(exams, id, row.line);
  exam.isTold ||= isTold;
  if (typeof image !== "string") {
    const message = `Line ${row.line} (exam ${told(id)}) has no image name; fill column image`;
    return { code: "row_image_missing", message, exam: id, field: "image" };
  }
  const view = viewOf(cells);
  if (view === null) {
    const message = `Line ${row.line} (exam ${told(id)}, image ${told(image)}) has no standard ` +
      `view; column view must be one of ${VIEWS.join(", ")}, and a column laterality agree with it`;
    return { code: "row_view_invalid", message, exam: id, image, field: "view" };
  }
  exam.images[view].push(image);
  return addFurther(exam, cells, hasBothLabels ? null : view, { exam: id, view, image }, row.line);
}

function examOf(exams: Map<string, Gathered>, id: string, line: number): Gathered {
  const known = exams.get(idKey(id));
  if (known !== undefined) return known;
  const images = Object.fromEntries(VIEWS.map((name) => [name, []])) as unknown as Record<
    View,
    string[]
  >;
  const exam = {
    line,
    images,
    isTold: false,
    further: new Map<string, PickleValue[]>([["exam_id", [id]]]),
  };
  exams.set(idKey(id), exam);
  return exam;
}

/** Adds the further cells of a row; `labelled` is the view to whose breast column `malignant` refers. */
function addFurther(
  exam: Gathered,
  cells: ReadonlyMap<string, PickleValue>,
  labelled: View | null,
  place: { readonly exam: string; readonly view: View; readonly image: string },
  line: number,
): FaultParts | null {
  let fault: FaultParts | null = null;
  for (const [column, value] of cells) {
    if (PLACE_COLUMNS.includes(column)) continue;
    const key = column === "malignant" && labelled !== null
      ? `${lateralityOf(labelled)}_malignant`
      : column;
    const values = exam.further.get(key);
    if (values === undefined) exam.further.set(key, [value]);
    else if (key.endsWith("_malignant") && values[0] !== value) {
      if (exam.isTold) continue;
      const message = `Line ${line} gives ${key} of exam ${
        told(place.exam)
      } a different value than earlier rows`;
      fault = { code: "label_contradiction", message, ...place, field: key };
    } else values.push(value);
  }
  return fault;
}

function viewOf(cells: ReadonlyMap<string, PickleValue>): View | null {
  const view = String(cells.get("view") ?? "").toUpperCase().replace("_", "-");
  const side = String(cells.get("laterality") ?? "").charAt(0).toUpperCase();
  const name = VIEWS.find((standard) => standard === view || standard === `${side}-${view}`);
  return name !== undefined && (side === "" || name.startsWith(side)) ? name : null;
}

function dictOf(exam: Gathered): PickleValue {
  const dict = new Map<string, PickleValue>(Object.entries(exam.images));
  for (const [column, values] of exam.further) {
    setKey(dict, column, values.every((value) => value === values[0]) ? values[0]! : values);
  }
  return dict;
}
