import { type Fault, faultOf, idKey } from "../../../shared/domain/mod.ts";
import {
  PATIENT_KEY,
  patientPseudonym,
  patientText,
  readTable,
  roundedKeys,
  type Table,
  writeTable,
} from "../../../shared/format/mod.ts";
import { ID_COLUMN, NAMING_COLUMNS } from "../../../shared/subgroups/mod.ts";
import type { Attributes, NamedExam } from "../../../shared/subgroups/mod.ts";

export interface AttributesReading {
  /** null if there is any error. */
  readonly attributes: Attributes | null;
  /** The woman of each exam, by position in the data list; null without a column `patient_id`. */
  readonly patients: ReadonlyMap<number, string> | null;
  readonly errors: readonly Fault[];
  readonly warnings: readonly Fault[];
}

/** CSV by `exam_id`. Missing exams have no value; rows outside the data list are ignored with a warning. */
export function readAttributes(text: string, exams: readonly NamedExam[]): AttributesReading {
  let table: Table;
  try {
    table = readTable(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return failed([faultOf({ code: "attributes_unreadable", message: error.message })]);
  }
  const id = table.columns.indexOf(ID_COLUMN);
  if (id < 0) {
    const message = `The column ${ID_COLUMN} is missing: it identifies the exam of a row`;
    return failed([faultOf({ code: "column_missing", field: ID_COLUMN, message })]);
  }
  const rounded = roundedKeys(table, [ID_COLUMN]);
  if (rounded.length > 0) return failed(rounded.map(faultOf));
  const known = new Set(exams.map((exam) => idKey(exam.id)));
  const rows = new Map<string, { line: number; cells: readonly string[] }>();
  const errors: Fault[] = [];
  const unknown: string[] = [];
  for (const { line, cells } of table.rows) {
    const exam = idKey(cells[id]!);
    const first = rows.get(exam);
    if (first !== undefined) {
      const message = `Line ${line}: exam ${exam} already has a row (line ${first.line})`;
      errors.push(faultOf({ exam, row: line, code: "attributes_repeated", message }));
    } else if (known.has(exam)) rows.set(exam, { line, cells });
    else unknown.push(exam);
  }
  if (rows.size === 0 && errors.length === 0) {
    const message = `No ${ID_COLUMN} of the table is an exam of the data list, whose first is ` +
      `${exams[0]?.id}: write the ids as the data list has them`;
    errors.push(faultOf({ code: "attributes_unknown", field: ID_COLUMN, message }));
  }
  const women = readPatients(table, exams, rows);
  errors.push(...women.errors);
  if (errors.length > 0) return failed(errors);
  const warnings = unknown.length === 0 ? [] : [faultOf({
    code: "attributes_unknown",
    field: ID_COLUMN,
    message: `${unknown.length} rows of the table are of exams that the data list does not have ` +
      `(the first is ${unknown[0]}); they are ignored`,
  })];
  const columns = table.columns;
  return {
    attributes: {
      source: "attributes",
      keys: columns.filter((column) => !NAMING_COLUMNS.includes(column) && column !== ""),
      valueOf: (key, exam) => rows.get(idKey(exam.id))?.cells[columns.indexOf(key)] ?? null,
    },
    patients: women.patients,
    errors,
    warnings: [...warnings, ...women.warnings],
  };
}

/** Rows of a side table by exam ID. */
type RowsOfExams = ReadonlyMap<
  string,
  { readonly line: number; readonly cells: readonly string[] }
>;

function readPatients(
  { columns }: Table,
  exams: readonly NamedExam[],
  rows: RowsOfExams,
): Pick<AttributesReading, "patients" | "errors" | "warnings"> {
  const column = columns.indexOf(PATIENT_KEY);
  if (column < 0) return { patients: null, errors: [], warnings: [] };
  const patients = new Map<number, string>();
  const errors: Fault[] = [];
  for (const { id, index } of exams) {
    const row = rows.get(idKey(id));
    const patient = patientText(row?.cells[column] ?? null);
    if (typeof patient === "string") patients.set(index, patient);
    else if (patient === undefined) {
      const message = `Line ${
        row!.line
      }: ${PATIENT_KEY} is too long, has invisible characters, or was rounded by a spreadsheet`;
      const place = { exam: id, row: row!.line, field: PATIENT_KEY };
      errors.push(faultOf({ ...place, code: "patient_id_invalid", message }));
    }
  }
  const gaps = exams.length - patients.size;
  const message =
    `The table has no ${PATIENT_KEY} for ${gaps} of ${exams.length} exams: each of them counts as ` +
    "the only exam of a woman";
  const warnings = gaps === 0 || errors.length > 0
    ? []
    : [faultOf({ code: "patient_id_missing", field: PATIENT_KEY, message })];
  return { patients, errors, warnings };
}

/** Replaces women's IDs by pseudonyms for storage; null without a column `patient_id`. */
export function hidePatientColumn(text: string, key: Uint8Array): string | null {
  const { columns, rows } = readTable(text);
  const column = columns.indexOf(PATIENT_KEY);
  if (column < 0) return null;
  return writeTable(
    columns,
    rows.map(({ cells }) =>
      cells.map((cell, at) => {
        const patient = at === column ? patientText(cell) : null;
        if (typeof patient === "string") return patientPseudonym(key, patient);
        return at === column ? "" : cell;
      })
    ),
  );
}

function failed(errors: readonly Fault[]): AttributesReading {
  return { attributes: null, patients: null, errors, warnings: [] };
}
