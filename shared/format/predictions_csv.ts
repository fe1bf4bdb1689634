import {
  type BreastPrediction,
  type Exam,
  type ExamPrediction,
  type ExamRow,
  type Fault,
  type ImagePrediction,
  type Predictions,
  VIEWS,
} from "../domain/mod.ts";
import { PREDICTION_ROWS_SPARE } from "../limits.ts";
import { readTable, type Table, type TableRow } from "./csv.ts";
import { FaultCollector, told } from "./faults.ts";
import { roundedKeys } from "./rounded_key.ts";

/** Contents of a predictions file, or why it cannot be used. */
export interface PredictionsReading {
  /** The predictions; null after any error. */
  readonly predictions: Predictions | null;
  /** All errors. */
  readonly errors: readonly Fault[];
  /** Doubts that did not prevent reading. */
  readonly warnings: readonly Fault[];
}

/** A decimal number as in C, Python and JavaScript; no hexadecimal, `nan` or `inf`. */
export const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
/** Maximum number of columns listed in a message. */
const COLUMNS_TOLD_MAX = 20;

/**
 * Reads a predictions CSV, or reports all errors with line and column. Image level: `image_index`, `malignant_pred`.
 * Breast level: `left_malignant`, `right_malignant`; exam level: `malignant`; both with `exam_id`, or the position in
 * the data list in `index`, `Index`, `exam_index` or an unnamed first column, or one row per exam in order.
 *
 * Scores are the doubles nearest to the decimals. Missing, repeated or unknown rows show only against a dataset.
 * @param exams possible exams; a file with many more rows is refused without reading it to its end
 */
export function readPredictions(
  text: string,
  exams?: readonly Pick<Exam, "images">[],
): PredictionsReading {
  const faults = new FaultCollector();
  const rowsMax = exams === undefined ? undefined : rowsMaxOf(exams);
  const table = readFaultyTable(text, faults, rowsMax);
  if (table === null) return { predictions: null, errors: faults.errors, warnings: [] };
  const surplus = rowsMax === undefined ? undefined : table.rows[rowsMax];
  if (surplus !== undefined) {
    const message =
      `Line ${surplus.line} is one row too many: for this data list at most ${rowsMax} rows are ` +
      "read. Send one row per image or per exam";
    faults.error({ code: "prediction_surplus", message, row: surplus.line });
    return { predictions: null, errors: faults.errors, warnings: [] };
  }
  if (table.rows.length === 0) {
    faults.error({ code: "predictions_empty", message: "The file has a header but no rows" });
  }
  const predictions = readRows(table, faults);
  for (const fault of roundedKeys(table, ["image_index", "exam_id"])) faults.error(fault);
  const { errors, warnings } = faults;
  return { predictions: errors.length > 0 ? null : predictions, errors, warnings };
}

function readRows(table: Table, faults: FaultCollector): Predictions {
  const has = (column: string): boolean => table.columns.includes(column);
  if (has("left_malignant")) return { level: "breast", rows: readBreastRows(table, faults) };
  const isOfExams = has("malignant") && !has("malignant_pred") && !has("image_index");
  return isOfExams
    ? { level: "exam", rows: readExamRows(table, faults) }
    : { level: "image", rows: readImageRows(table, faults) };
}

/** Twice the need plus a margin: repeated rows are only warnings, and a few wrong rows must be reported. */
function rowsMaxOf(exams: readonly Pick<Exam, "images">[]): number {
  let images = 0;
  for (const exam of exams) {
    for (const view of VIEWS) images += exam.images[view].length;
  }
  return 2 * Math.max(images, exams.length) + PREDICTION_ROWS_SPARE;
}

function readFaultyTable(
  text: string,
  faults: FaultCollector,
  rowsMax: number | undefined,
): Table | null {
  try {
    return readTable(text, rowsMax === undefined ? {} : { rowsMax });
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    faults.error({ code: "predictions_unreadable", message: error.message });
    return null;
  }
}

function readImageRows(table: Table, faults: FaultCollector): ImagePrediction[] {
  const image = requireColumn(table, "image_index", faults);
  const score = requireColumn(table, "malignant_pred", faults);
  const label = table.columns.indexOf("malignant_label");
  if (image < 0 || score < 0) return [];
  let extensions = 0;
  const rows = table.rows.map(({ line, cells }): ImagePrediction => {
    const written = cells[image]!.trim();
    const name = written.replace(/\.png$/i, "");
    if (name !== written) extensions++;
    if (name === "") {
      const message = `Line ${line} has no image name in column image_index`;
      faults.error({ code: "image_missing", message, row: line, field: "image_index" });
    }
    return {
      row: line,
      image: name,
      malignant: readScore(
        cells[score]!,
        { row: line, field: "malignant_pred", image: name },
        faults,
      ),
      claimedLabel: readClaimedLabel(cells[label]),
    };
  });
  if (extensions > 0) {
    const message = `${extensions} names in column image_index end in .png, which was removed`;
    faults.warning({ code: "image_extension", message, field: "image_index" });
  }
  return rows;
}

function readBreastRows(table: Table, faults: FaultCollector): BreastPrediction[] {
  const left = requireColumn(table, "left_malignant", faults);
  const right = requireColumn(table, "right_malignant", faults);
  if (left < 0 || right < 0) return [];
  const examOf = readExamColumns(table, faults);
  return table.rows.map((row): BreastPrediction => ({
    ...examOf(row),
    malignant: {
      left: readBreastScore(row, left, "left_malignant", faults),
      right: readBreastScore(row, right, "right_malignant", faults),
    },
  }));
}

function readExamRows(table: Table, faults: FaultCollector): ExamPrediction[] {
  const score = table.columns.indexOf("malignant");
  const examOf = readExamColumns(table, faults);
  return table.rows.map((row): ExamPrediction => ({
    ...examOf(row),
    malignant: readScore(row.cells[score]!, { row: row.line, field: "malignant" }, faults),
  }));
}

/** Columns with positions of exams; the last is pandas' unnamed index. */
const INDEX_COLUMNS: readonly string[] = ["index", "Index", "exam_index", ""];
/** Whole numbers, also as pandas writes them in a column with gaps. */
const WHOLE_NUMBER = /^[+-]?\d+(?:\.0+)?$/;

/** The columns that identify a row's exam. Beside ids, an unnamed index that counts rows is ignored. */
function readExamColumns(
  table: Table,
  faults: FaultCollector,
): (row: TableRow) => ExamRow {
  const id = table.columns.indexOf("exam_id");
  const name = INDEX_COLUMNS.find((column) => table.columns.includes(column));
  const index = name === undefined ? -1 : table.columns.indexOf(name);
  const cellOf = ({ cells }: TableRow, column: number): string => cells[column]!.trim();
  const hasNumbers = index >= 0 &&
    table.rows.every((row) => WHOLE_NUMBER.test(cellOf(row, index)));
  const countsRows = name === "" &&
    table.rows.every((row, position) => Number(cellOf(row, index)) === position);
  const names = id >= 0 ? id : index >= 0 && !hasNumbers ? index : -1;
  const positions = hasNumbers && !(id >= 0 && countsRows) ? index : -1;
  return (row) => {
    const exam = names < 0 ? null : cellOf(row, names);
    if (exam === "") {
      const field = table.columns[names] || "exam_id";
      const message = `Line ${row.line} has no exam in column ${field}`;
      faults.error({ code: "exam_id_missing", message, row: row.line, field });
    }
    const examIndex = positions < 0
      ? null
      : readExamIndex(cellOf(row, positions), row.line, faults);
    return { row: row.line, exam, examIndex };
  };
}

function requireColumn(table: Table, name: string, faults: FaultCollector): number {
  const index = table.columns.indexOf(name);
  if (index < 0) {
    const found = table.columns.slice(0, COLUMNS_TOLD_MAX).map(told).join(", ");
    const message = `Column ${name} is missing; the file has ${found}`;
    faults.error({ code: "column_missing", message, field: name });
  }
  return index;
}

function readScore(
  cell: string,
  place: { readonly row: number; readonly field: string; readonly image?: string },
  faults: FaultCollector,
): number {
  const text = cell.trim();
  const score = DECIMAL.test(text) ? Number(text) : NaN;
  if (!Number.isFinite(score)) {
    const state = text === "" ? "is empty" : `is ${told(text)}`;
    const message = `Line ${place.row}, column ${place.field} ${state}, not a finite number`;
    faults.error({ ...place, code: text === "" ? "score_missing" : "score_invalid", message });
  }
  return score;
}

/** Only the data list shows whether an empty cell belongs to a breast without images. */
function readBreastScore(
  { line, cells }: TableRow,
  column: number,
  field: string,
  faults: FaultCollector,
): number | null {
  return cells[column]!.trim() === ""
    ? null
    : readScore(cells[column]!, { row: line, field }, faults);
}

function readExamIndex(text: string, line: number, faults: FaultCollector): number {
  const index = Number(text);
  if (index >= 0 && Number.isSafeInteger(index)) return Math.abs(index); // -0 is 0
  const message = `Line ${line}, the index is ${told(text)}, not the position of an exam from 0`;
  faults.error({ code: "exam_index_invalid", message, row: line, field: "index" });
  return -1;
}

/** The model's label column is for comparison only, so a value that is not a number is no fault. */
function readClaimedLabel(cell: string | undefined): number | null {
  const text = cell?.trim() ?? "";
  return DECIMAL.test(text) && Number.isFinite(Number(text)) ? Number(text) : null;
}
