import { type FaultParts, idKey } from "../../domain/mod.ts";
import { readTable, type Table } from "../csv.ts";
import { FaultCollector, told } from "../faults.ts";
import type { PickleValue } from "../pickle/mod.ts";
import { roundedKeys } from "../rounded_key.ts";
import type { RawEntries } from "./entries.ts";
import { examIds, ID_KEY } from "./exam_ids.ts";
import { isOutcomeColumn } from "./exam_outcomes.ts";
import { PATIENT_KEY } from "./exam_patients.ts";

/** Tables that may accompany a data list: one row per read, or one row per exam with its outcome. */
export const EXAM_TABLES = ["reads", "outcomes"] as const;

/** Name of a table beside a data list. */
export type ExamTableName = typeof EXAM_TABLES[number];

/** Texts of the tables beside a data list, CSV. */
export type ExamTables = { readonly [Name in ExamTableName]?: string };

const READ_COLUMNS = ["reader", "recall", "score", "order"];

/** Joins by `exam_id`: rows of `reads` become a key of their exams, columns of `outcomes` become keys. */
export function joinTables(raw: RawEntries, tables: ExamTables): RawEntries {
  const named = EXAM_TABLES.filter((name) => tables[name] !== undefined);
  if (named.length === 0) return raw;
  const unusable = new FaultCollector();
  const ids = examIds(raw.values, unusable);
  const hasIds = raw.values.some((value) => value instanceof Map && value.has(ID_KEY));
  if (!hasIds || unusable.warnings.length > 0) {
    const message = `${named.join(" and ")} cannot be joined: ${
      unusable.warnings[0]?.message ?? `the data list has no ${ID_KEY}`
    }. Give every exam of the data list its own ${ID_KEY}`;
    return { ...raw, errors: [...raw.errors ?? [], { code: "table_invalid", message }] };
  }
  const exams = new Map(ids.map((id, at) => [idKey(id), raw.values[at]!]));
  const joined = named.map((name) => joinTable(name, tables[name]!, exams));
  return {
    ...raw,
    errors: [...raw.errors ?? [], ...joined.flatMap(({ errors }) => errors)],
    warnings: joined.flatMap(({ warnings }) => warnings),
  };
}

const GIVEN_TWICE = "is in the data list too: leave it out of one of them";

interface Told {
  readonly errors: readonly FaultParts[];
  readonly warnings: readonly FaultParts[];
}

function joinTable(
  name: ExamTableName,
  text: string,
  exams: ReadonlyMap<string, PickleValue>,
): Told {
  let table: Table;
  try {
    table = readTable(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const message = `${name}: ${error.message}`;
    return { errors: [{ code: "table_invalid", field: name, message }], warnings: [] };
  }
  const wrong = [...columnFaults(name, table), ...roundedKeys(table, [ID_KEY])];
  if (wrong.length > 0) return { errors: wrong, warnings: [] };
  const errors: FaultParts[] = [];
  const unknown: string[] = [];
  const lines = new Map<string, number>();
  const place = table.columns.indexOf(ID_KEY);
  for (const { line, cells } of table.rows) {
    const exam = idKey(cells[place]!.trim());
    const entry = exams.get(exam);
    const fault = (field: string, what: string): void => {
      const message = `${name}, line ${line}: ${field} of exam ${told(exam)} ${what}`;
      errors.push({ code: "table_invalid", exam, row: line, field, message });
    };
    const first = lines.get(exam);
    if (!(entry instanceof Map)) unknown.push(exam);
    else if (name === "reads") {
      if (first === undefined && isGiven(entry.get("reads"))) fault("reads", GIVEN_TWICE);
      addRead(entry, table, cells, first === undefined);
    } else if (first !== undefined) fault(ID_KEY, `has a row already (line ${first})`);
    else for (const column of addOutcome(entry, table, cells)) fault(column, GIVEN_TWICE);
    if (!lines.has(exam)) lines.set(exam, line);
  }
  return { errors, warnings: unknownFaults(name, unknown) };
}

function columnFaults(name: ExamTableName, { columns }: Table): FaultParts[] {
  const isRead = name === "reads";
  const isKnown = (column: string): boolean =>
    ["", ID_KEY].includes(column) ||
    (isRead ? READ_COLUMNS.includes(column) : column === PATIENT_KEY || isOutcomeColumn(column));
  const wanted = isRead
    ? [ID_KEY, ...READ_COLUMNS].join(", ")
    : `${ID_KEY} and reads or outcomes, such as cancer_after_days_left; further keys belong in the data list`;
  const missing = [ID_KEY, ...isRead ? ["recall"] : []].filter((one) => !columns.includes(one));
  const faults = (code: string, fields: readonly string[], what: string): FaultParts[] =>
    fields.map((field) => ({ code, field, message: `${name}: the column ${told(field)} ${what}` }));
  return [
    ...faults("column_missing", missing, "is missing"),
    ...faults(
      "table_invalid",
      columns.filter((one) => !isKnown(one)),
      `is unknown: give ${wanted}`,
    ),
  ];
}

function isGiven(value: PickleValue | undefined): boolean {
  return value !== undefined && value !== null && value !== "" && !Number.isNaN(value);
}

/** Adds a row to the exam's reads, after those of earlier rows. */
function addRead(
  entry: Map<PickleValue, PickleValue>,
  { columns }: Table,
  cells: readonly string[],
  isFirst: boolean,
): void {
  const written = isFirst ? [] : entry.get("reads") as PickleValue[];
  const cellOf = (name: string): string => cells[columns.indexOf(name)]?.trim() ?? "";
  const order = cellOf("order") || String(written.length + 1);
  const read = new Map<string, PickleValue>([
    ["reader", cellOf("reader") || `r${order}`],
    ["recall", cellOf("recall")],
    ["score", cellOf("score")],
    ["order", order],
  ]);
  entry.set("reads", [...written, read]);
}

/** Adds the cells of a row to the exam, and returns the columns that it has already. */
function addOutcome(
  entry: Map<PickleValue, PickleValue>,
  { columns }: Table,
  cells: readonly string[],
): string[] {
  return columns.filter((column, at) => {
    const cell = cells[at]!.trim();
    if (column === "" || column === ID_KEY || cell === "") return false;
    if (isGiven(entry.get(column))) return true;
    entry.set(column, cell);
    return false;
  });
}

function unknownFaults(name: ExamTableName, unknown: readonly string[]): FaultParts[] {
  if (unknown.length === 0) return [];
  const message = `${unknown.length} rows of ${name} are of exams that the data list does not ` +
    `have (the first is ${told(unknown[0]!)}); they are ignored`;
  return [{ code: "table_exam_unknown", field: ID_KEY, message }];
}
