import { type Fault, faultOf } from "../../../shared/domain/mod.ts";
import { readTable, roundedKeys } from "../../../shared/format/mod.ts";
import { type Attributes, ID_COLUMN, type NamedExam } from "../../../shared/subgroups/mod.ts";

/** A side table that was read, or what is wrong with it. */
export interface AttributesReading {
  /** null when there is any error. */
  readonly attributes: Attributes | null;
  readonly errors: readonly Fault[];
  readonly warnings: readonly Fault[];
}

/**
 * Reads a side table: CSV with a column `exam_id`, one row an exam, in any order. It may leave exams
 * out; those have no value. Rows of exams that are not in the data list are passed over with a warning.
 *
 * @param text the whole file
 * @param exams the exams that it is joined with, by id
 * @returns the table's further columns, or every fault
 */
export function readAttributes(text: string, exams: readonly NamedExam[]): AttributesReading {
  let table;
  try {
    table = readTable(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return failed([faultOf({ code: "attributes_unreadable", message: error.message })]);
  }
  const id = table.columns.indexOf(ID_COLUMN);
  if (id < 0) {
    const message = `The column ${ID_COLUMN} is missing: it says which exam a row is of`;
    return failed([faultOf({ code: "column_missing", field: ID_COLUMN, message })]);
  }
  const rounded = roundedKeys(table, [ID_COLUMN]);
  if (rounded.length > 0) return failed(rounded.map(faultOf));
  const known = new Set(exams.map((exam) => exam.id));
  const rows = new Map<string, { line: number; cells: readonly string[] }>();
  const errors: Fault[] = [];
  const unknown: string[] = [];
  for (const { line, cells } of table.rows) {
    const exam = cells[id]!.trim();
    const first = rows.get(exam);
    if (first !== undefined) {
      const message = `Line ${line}: exam ${exam} has a row already (line ${first.line})`;
      errors.push(faultOf({ exam, row: line, code: "attributes_repeated", message }));
    } else if (known.has(exam)) rows.set(exam, { line, cells });
    else unknown.push(exam);
  }
  if (rows.size === 0 && errors.length === 0) {
    const message = `No ${ID_COLUMN} of the table is an exam of the data list, whose first is ` +
      `${exams[0]?.id}: write the ids as the data list has them`;
    errors.push(faultOf({ code: "attributes_unknown", field: ID_COLUMN, message }));
  }
  if (errors.length > 0) return failed(errors);
  const warnings = unknown.length === 0 ? [] : [faultOf({
    code: "attributes_unknown",
    field: ID_COLUMN,
    message: `${unknown.length} rows of the table are of exams that the data list does not have ` +
      `(the first is ${unknown[0]}); they are passed over`,
  })];
  const columns = table.columns;
  return {
    attributes: {
      source: "attributes",
      keys: columns.filter((column) => column !== ID_COLUMN && column !== ""),
      valueOf: (key, exam) => rows.get(exam.id)?.cells[columns.indexOf(key)] ?? null,
    },
    errors,
    warnings,
  };
}

function failed(errors: readonly Fault[]): AttributesReading {
  return { attributes: null, errors, warnings: [] };
}
