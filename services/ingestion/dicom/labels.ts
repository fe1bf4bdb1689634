import type { BinaryLabel, Exam, JsonValue } from "../../../shared/domain/mod.ts";
import { daysSinceFirst, isRoundedKey, plainDate, readTable } from "../../../shared/format/mod.ts";
import type { Table, TableRow } from "../../../shared/format/mod.ts";
import type { StudyKeys } from "./describe_image.ts";
import { furtherColumns, furtherValue } from "./label_columns.ts";
import type { ColumnLeftOut, FurtherColumn } from "./label_columns.ts";

export interface LabelFault {
  readonly field: string;
  /** Follows "Line 3 of the labels, column X"; contains no value that could identify a person. */
  readonly reason: string;
}

/** One row of the labels: its study and the truth. */
export interface LabelRow {
  readonly row: number;
  /** Key of the study, as {@linkcode LabelTable.keyOf} forms it; "" when unusable. */
  readonly key: string;
  /** null when a label is neither 0 nor 1; {@linkcode LabelRow.faults} says why. */
  readonly malignant: Exam["malignant"] | null;
  /** The patient id as written; null when the labels have none. Must never be stored. */
  readonly patientId: string | null;
  readonly extras: Readonly<Record<string, JsonValue>>;
  readonly faults: readonly LabelFault[];
}

export interface LabelTable {
  /** Column or columns that identify studies. */
  readonly keyName: string;
  readonly rows: readonly LabelRow[];
  /** Returns the key of a study, to compare with the rows; "" when it has none. */
  keyOf(study: StudyKeys): string;
  readonly leftOut: readonly ColumnLeftOut[];
  /** Columns that the data owner keeps in any case, in lower case. */
  readonly keep: ReadonlySet<string>;
}

/** Joins the parts of a key. */
const SEPARATOR = "\u0000";

/** Ways to identify a study, most reliable first. The columns are named as the keys, in any case. */
const KEYS: readonly [name: string, ...keys: (keyof StudyKeys)[]][] = [
  ["StudyInstanceUID", "studyInstanceUid"],
  ["AccessionNumber", "accessionNumber"],
  ["PatientID with StudyDate", "patientId", "studyDate"],
  ["PatientID", "patientId"],
];

const LABELS = ["left_malignant", "right_malignant"] as const;
/** Label of the whole exam, for rows without a label for either breast. */
const EXAM_LABEL = "malignant";
/** Words and numbers that a message may quote; any other text in a label cell may be a name. */
const TELLABLE =
  /^(-?\d{1,3}([.,]\d{1,3})?|y|n|yes|no|ja|nein|oui|non|nan|na|n\/a|none|null|unknown|positive|negative|malignant|benign)$/i;

/** Positions of the columns with a use of their own; -1 when missing. */
interface Places {
  readonly key: readonly number[];
  readonly labels: readonly number[];
  readonly examLabel: number;
  readonly patient: number;
  readonly date: number;
}

/**
 * Reads a labels CSV: key, labels, and further columns that become keys of the exam unless they identify a person.
 * @param keep names of further columns to keep in any case
 * @throws {SyntaxError} when the table is malformed or lacks a column
 */
export function readLabels(text: string, keep: readonly string[] = []): LabelTable {
  const table = readTable(text);
  const names = table.columns.map((name) => name.toLowerCase().replace(/[\s_]/g, ""));
  const placeOf = (key: string): number => names.indexOf(key.toLowerCase());
  const found = KEYS.find(([, ...keys]) => keys.every((key) => placeOf(key) >= 0));
  if (found === undefined) {
    throw new SyntaxError(
      "Cannot read the labels: there must be a column StudyInstanceUID, or AccessionNumber, or PatientID, with StudyDate where women have several studies",
    );
  }
  const [keyName, ...keys] = found;
  const places: Places = {
    key: keys.map(placeOf),
    ...labelPlaces(names),
    patient: names.indexOf("patientid"),
    date: names.indexOf("examdate"),
  };
  for (const place of [...places.key, ...places.labels, places.examLabel, places.patient]) {
    if (place < 0 || names.lastIndexOf(names[place]!) === place) continue;
    const column = JSON.stringify(table.columns[place]);
    throw new SyntaxError(
      `Cannot read the labels: two columns like ${column} mean the same: leave one`,
    );
  }
  const used = [...places.key, ...places.labels, places.examLabel, places.patient];
  const hasDays = places.patient >= 0 && places.date >= 0;
  const further = furtherColumns(table, hasDays ? [...used, places.date] : used, keep);
  const rows = table.rows.map((row) => readRow(row, table, places, further.kept));
  return {
    keyName,
    rows: hasDays ? withDays(rows, table, places.date) : rows,
    keyOf: (study) => joined(keys.map((key) => study[key])),
    leftOut: further.leftOut,
    keep: new Set(keep.map((name) => name.trim().toLowerCase())),
  };
}

function labelPlaces(names: readonly string[]): Pick<Places, "labels" | "examLabel"> {
  const labels = LABELS.map((label) => names.indexOf(label.replace("_", "")));
  const examLabel = names.indexOf(EXAM_LABEL);
  const missing = LABELS.find((_, at) => labels[at]! < 0);
  if (missing !== undefined && (examLabel < 0 || labels.some((place) => place >= 0))) {
    throw new SyntaxError(
      `Cannot read the labels: column ${missing} is missing; column ${EXAM_LABEL} can stand for both where ` +
        "nobody knows the side",
    );
  }
  return { labels, examLabel };
}

function joined(parts: readonly string[]): string {
  const plain = parts.map((part, index) => index === 1 ? plainDate(part) ?? "" : plainKey(part));
  return plain.includes("") ? "" : plain.join(SEPARATOR);
}

/** Strips from an identifier what spreadsheets add (an apostrophe, `="…"`, `.0`) and padding of exports. */
function plainKey(text: string): string {
  return text.trim().replace(/^'/, "").replace(/^="(.*)"$/, "$1").trim().replace(
    /^(\d+)\.0$/,
    "$1",
  );
}

function readRow(
  { line, cells }: TableRow,
  table: Table,
  places: Places,
  further: readonly FurtherColumn[],
): LabelRow {
  const faults: LabelFault[] = [];
  const complain = (place: number, reason: string): void => {
    faults.push({ field: table.columns[place]!, reason });
  };
  for (const [index, place] of places.key.entries()) {
    const reason = reasonAgainstKey(cells[place]!, index === 1);
    if (reason !== null) complain(place, reason);
  }
  const key = faults.length > 0 ? "" : joined(places.key.map((place) => cells[place]!));
  const isWhole = places.examLabel >= 0 && cells[places.examLabel]!.trim() !== "" &&
    places.labels.every((place) => (cells[place] ?? "").trim() === "");
  const [left, right] = (isWhole ? [places.examLabel] : places.labels).map((place) => {
    const label = readLabel(cells[place] ?? "");
    if (label === null) complain(place, `${stateOf(cells[place] ?? "")}; give 0 or 1`);
    return label;
  });
  const patient = plainKey(cells[places.patient] ?? "");
  return {
    row: line,
    key,
    malignant: malignantOf(left, isWhole ? left : right, isWhole),
    patientId: patient === "" ? null : patient,
    extras: Object.fromEntries(further.map((column) => [column.name, furtherValue(column, cells)])),
    faults,
  };
}

function reasonAgainstKey(cell: string, isDate: boolean): string | null {
  if (cell.trim() === "") return "is empty: it must identify the study of the line";
  if (isRoundedKey(cell)) {
    return "was rounded by a spreadsheet (as 1.2E+12): format the column as text and export it again";
  }
  if (isDate && plainDate(cell) === null) return "is not a date of the form YYYYMMDD or YYYY-MM-DD";
  return null;
}

function readLabel(cell: string): BinaryLabel | null {
  const text = cell.trim().toLowerCase();
  if (/^(0(\.0*)?|false)$/.test(text)) return 0;
  return /^(1(\.0*)?|true)$/.test(text) ? 1 : null;
}

/** No cancer in the exam means none in either breast. */
function malignantOf(
  left: BinaryLabel | null | undefined,
  right: BinaryLabel | null | undefined,
  isWhole: boolean,
): LabelRow["malignant"] {
  if (!isLabel(left) || !isLabel(right)) return null;
  return isWhole && left === 1 ? { left: null, right: null } : { left, right };
}

function isLabel(label: BinaryLabel | null | undefined): label is BinaryLabel {
  return label === 0 || label === 1;
}

function stateOf(cell: string): string {
  const text = cell.trim();
  if (text === "") return "is empty";
  return TELLABLE.test(text) ? `is ${JSON.stringify(text)}` : "is different text";
}

/** Adds `exam_date` to the keys, as days since the woman's first exam. */
function withDays(rows: readonly LabelRow[], table: Table, place: number): LabelRow[] {
  const cells = table.rows.map((row) => row.cells[place]!.trim());
  const days = daysSinceFirst(
    rows.map(({ patientId }, index) => ({ woman: patientId, date: plainDate(cells[index]!) })),
  );
  const field = table.columns[place]!;
  const fault = { field, reason: "is not a date of the form YYYYMMDD or YYYY-MM-DD" };
  return rows.map((row, index) => ({
    ...row,
    extras: { ...row.extras, exam_date: days[index]! },
    faults: cells[index] === "" || plainDate(cells[index]!) !== null
      ? row.faults
      : [...row.faults, fault],
  }));
}
