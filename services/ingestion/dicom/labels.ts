import type { BinaryLabel, JsonValue } from "../../../shared/domain/mod.ts";
import { readTable, type Table, type TableRow } from "../../../shared/format/mod.ts";
import type { StudyKeys } from "./describe_image.ts";

/** One row of the labels: which study it means, and the truth. */
export interface LabelRow {
  /** 1-based line of the file. */
  readonly row: number;
  /** What it says of the study, as {@linkcode LabelTable.keyOf} says it. */
  readonly key: string;
  /** null where it is neither 0 nor 1; {@linkcode LabelRow.fault} tells. */
  readonly malignant: { readonly left: BinaryLabel; readonly right: BinaryLabel } | null;
  readonly extras: Readonly<Record<string, JsonValue>>;
  /** What is wrong with the row, or null. */
  readonly fault: string | null;
}

/** A labels CSV. */
export interface LabelTable {
  /** The column or columns by which studies are found. */
  readonly keyName: string;
  readonly rows: readonly LabelRow[];
  /** Says of a study what the rows say; "" when the study does not have it. */
  keyOf(study: StudyKeys): string;
  /** Columns that were left out because they identify. */
  readonly leftOut: readonly string[];
}

const SEPARATOR = "\u0000";

/** Ways to find a study, the surest first; names of columns in lower case. */
const KEYS: readonly {
  readonly name: string;
  readonly columns: readonly string[];
  readonly of: (study: StudyKeys) => readonly string[];
}[] = [
  {
    name: "StudyInstanceUID",
    columns: ["studyinstanceuid"],
    of: (study) => [study.studyInstanceUid],
  },
  { name: "AccessionNumber", columns: ["accessionnumber"], of: (study) => [study.accessionNumber] },
  {
    name: "PatientID with StudyDate",
    columns: ["patientid", "studydate"],
    of: (study) => [study.patientId, study.studyDate],
  },
];

const LABELS = ["left_malignant", "right_malignant"] as const;
/** Names of columns that would identify a patient or a visit, without spaces, dashes and dots. */
const IDENTIFYING =
  /uid$|name|patient|accession|birth|^dob|dateof|date$|time$|address|street|city|zip|postal|phone|mobile|fax|mail|mrn|ssn|nhs|insurance|physician|doctor|radiologist|operator|institution|hospital|^id$|file|folder|path|url|comment|remark|note|history/;
/** Keys of a data list that the import itself fills. */
const TAKEN = /^([lr]-(cc|mlo)|horizontal_flip|exam_id|cancer_label.*|left_.*|right_.*)$/i;
/** Longest text of a further column: categories are short, stories are not. */
const CATEGORY_CHARS_MAX = 32;

/**
 * Reads a labels CSV: a key column, `left_malignant`, `right_malignant`, and further columns that
 * become keys of the exam unless they identify somebody.
 *
 * @param text the file
 * @returns its rows, faults beside them
 * @throws {SyntaxError} when the table is malformed or a column is missing
 */
export function readLabels(text: string): LabelTable {
  const table = readTable(text);
  const names = table.columns.map((name) => name.toLowerCase().replace(/[\s_]/g, ""));
  const key = KEYS.find(({ columns }) => columns.every((column) => names.includes(column)));
  if (key === undefined) {
    throw new SyntaxError(
      "Cannot read the labels: there must be a column StudyInstanceUID, or AccessionNumber, or both PatientID and StudyDate",
    );
  }
  const keyPlaces = key.columns.map((column) => names.indexOf(column));
  const labelPlaces = LABELS.map((label) => placeOf(table, label));
  const further = furtherColumns(table, [...keyPlaces, ...labelPlaces]);
  return {
    keyName: key.name,
    rows: table.rows.map((row) => readRow(row, keyPlaces, labelPlaces, further.kept)),
    keyOf: (study) => joined(key.of(study)),
    leftOut: further.leftOut,
  };
}

function placeOf(table: Table, name: string): number {
  const place = table.columns.findIndex((column) => column.toLowerCase() === name);
  if (place < 0) throw new SyntaxError(`Cannot read the labels: column ${name} is missing`);
  return place;
}

/** Dates are written with dashes as often as without; padding comes from exports. */
function joined(parts: readonly string[]): string {
  const plain = parts.map((part, index) =>
    index === 1 ? part.trim().replaceAll(/[-./]/g, "") : part.trim()
  );
  return plain.includes("") ? "" : plain.join(SEPARATOR);
}

interface FurtherColumn {
  readonly name: string;
  readonly place: number;
  readonly numeric: boolean;
}

function furtherColumns(
  table: Table,
  used: readonly number[],
): { kept: FurtherColumn[]; leftOut: string[] } {
  const kept: FurtherColumn[] = [];
  const leftOut: string[] = [];
  for (const [place, name] of table.columns.entries()) {
    if (used.includes(place)) continue;
    const cells = table.rows.map(({ cells }) => cells[place]!.trim());
    const identifies = IDENTIFYING.test(name.toLowerCase().replaceAll(/[\s_.-]/g, "")) ||
      cells.some((cell) => cell.length > CATEGORY_CHARS_MAX);
    if (identifies || TAKEN.test(name)) leftOut.push(name);
    else kept.push({ name, place, numeric: cells.every(isNumberOrEmpty) });
  }
  return { kept, leftOut };
}

function isNumberOrEmpty(cell: string): boolean {
  return /^(-?\d{1,15}(\.\d+)?)?$/.test(cell);
}

function readRow(
  { line, cells }: TableRow,
  keyPlaces: readonly number[],
  labelPlaces: readonly number[],
  further: readonly FurtherColumn[],
): LabelRow {
  const key = joined(keyPlaces.map((place) => cells[place]!));
  const [left, right] = labelPlaces.map((place) => readLabel(cells[place]!));
  const extras = further.map(({ name, place, numeric }): [string, JsonValue] => {
    const cell = cells[place]!.trim();
    return [name, cell === "" ? null : numeric ? Number(cell) : cell];
  });
  const known = left !== undefined && right !== undefined && left !== null && right !== null;
  const fault = key === ""
    ? "has no key: say which study it means"
    : known
    ? null
    : "must have 0 or 1 in left_malignant and right_malignant";
  return {
    row: line,
    key,
    malignant: known ? { left, right } : null,
    extras: Object.fromEntries(extras),
    fault,
  };
}

function readLabel(cell: string): BinaryLabel | null {
  const text = cell.trim().toLowerCase();
  if (["0", "0.0", "false"].includes(text)) return 0;
  return ["1", "1.0", "true"].includes(text) ? 1 : null;
}
