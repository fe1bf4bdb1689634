import { faultOf, idKey } from "../../../shared/domain/mod.ts";
import type { BinaryLabel, Fault, Laterality } from "../../../shared/domain/mod.ts";
import { DECIMAL, PATIENT_KEY, patientText, type PickleValue } from "../../../shared/format/mod.ts";
import { RATERS_MAX } from "../../../shared/limits.ts";
import type { StudyTable } from "./study_table.ts";

export interface StudyRow {
  /** Case number, from 0 in order of appearance; used to cluster rows. */
  readonly caseIndex: number;
  readonly caseId: string;
  /** The woman's ID in the file, absent if unknown; only for clustering, never stored. */
  readonly patient?: string;
  readonly side: Laterality;
  readonly label: BinaryLabel;
}

/** A reader or model that rates how likely each row is malignant. */
export interface Rater {
  /** Such as `Reader01` or `GMIC`. */
  readonly name: string;
  /** Its column in the file. */
  readonly column: string;
  /** One score per row, exactly as in the file; higher is more suspicious. */
  readonly scores: Float64Array;
}

export interface ReaderStudy {
  readonly rows: readonly StudyRow[];
  readonly readers: readonly Rater[];
  readonly models: readonly Rater[];
  /** All other columns. */
  readonly ignored: readonly string[];
}

export type StudyReading =
  | { readonly ok: true; readonly study: ReaderStudy }
  | { readonly ok: false; readonly errors: readonly Fault[] };

const READER_COLUMN = /^(Reader\s*_?\d+)_POM(.*)$/i;
const MODEL_COLUMN = /^AI_(.+?)_POM([^]*)$/i;
const SIDES: ReadonlyMap<string, Laterality> = new Map([
  ["l", "left"],
  ["left", "left"],
  ["r", "right"],
  ["right", "right"],
]);

/**
 * Reads one row per breast: `case_ID`, `side`, `label`, `Reader<NN>_POM…`, `AI_<name>_POM…`, optionally `patient_id`.
 * @returns the study with unchanged scores, or all errors with row and column
 */
export function readStudy(table: StudyTable): StudyReading {
  const errors: Fault[] = [];
  const columnOf = (name: string): number => {
    const index = table.columns.findIndex((column) => column.toLowerCase() === name.toLowerCase());
    if (index < 0) {
      const message = `The column ${name} is missing; the file has ${table.columns.join(", ")}`;
      errors.push(faultOf({ field: name, code: "column_missing", message }));
    }
    return index;
  };
  const patient = patientColumn(table);
  const own = [columnOf("case_ID"), columnOf("side"), columnOf("label"), patient] as const;
  const readers = namedColumns(table.columns, READER_COLUMN);
  const models = namedColumns(table.columns, MODEL_COLUMN);
  if (table.rows.length === 0) {
    errors.push(faultOf({ code: "study_empty", message: "The file has columns but no rows" }));
  }
  if (readers.length + models.length === 0) {
    const message = "There is no column Reader<NN>_POM or AI_<name>_POM: the file has no ratings";
    errors.push(faultOf({ code: "raters_missing", message }));
  }
  if (Math.max(readers.length, models.length) > RATERS_MAX) {
    const message = `There are ${readers.length} readers and ${models.length} models; ` +
      `at most ${RATERS_MAX} of each are compared`;
    errors.push(faultOf({ code: "raters_too_many", message }));
  }
  if (errors.length > 0) return { ok: false, errors };
  const rows = readRows(table, own, errors);
  const rated = (named: NamedColumn): Rater => ({
    name: named.name,
    column: table.columns[named.index]!,
    scores: readScores(table, named.index, errors),
  });
  const study = {
    rows,
    readers: readers.map(rated),
    models: models.map(rated),
    ignored: table.columns.filter((column, index) =>
      column !== "" && !own.includes(index) &&
      ![...readers, ...models].some((named) => named.index === index)
    ),
  };
  return errors.length > 0 ? { ok: false, errors } : { ok: true, study };
}

/** Returns the index of the column of women's IDs; -1 if there is none. */
export function patientColumn({ columns }: Pick<StudyTable, "columns">): number {
  return columns.findIndex((column) => column.trim().toLowerCase() === PATIENT_KEY);
}

interface NamedColumn {
  readonly name: string;
  readonly index: number;
}

/** Several columns of one reader, such as for two findings, are named with what follows `_POM`. */
function namedColumns(columns: readonly string[], pattern: RegExp): NamedColumn[] {
  const found = columns.flatMap((column, index) => {
    const match = pattern.exec(column);
    return match === null ? [] : [{ short: match[1]!, whole: match[1]! + match[2]!, index }];
  });
  return found.map(({ short, whole, index }) => ({
    name: found.filter((other) => other.short === short).length > 1 ? whole : short,
    index,
  }));
}

function readRows(
  table: StudyTable,
  [caseColumn, sideColumn, labelColumn, womanColumn]: readonly [number, number, number, number],
  errors: Fault[],
): StudyRow[] {
  const cases = new Map<string, number>();
  const women = new Map<string, string | null>();
  const seen = new Map<string, number>();
  return table.rows.map((cells, row): StudyRow => {
    const refuse = (field: string, code: string, state: string): void => {
      errors.push(
        faultOf({ row, field, code, message: `${table.rowName(row)}, column ${field} ${state}` }),
      );
    };
    const caseId = idOf(cells[caseColumn]!);
    if (caseId === null) refuse("case_ID", "case_invalid", "is neither text nor a whole number");
    const side = SIDES.get(String(cells[sideColumn]).trim().toLowerCase());
    if (side === undefined) refuse("side", "side_invalid", "is neither L nor R");
    const label = numberOf(cells[labelColumn]!);
    if (label !== 0 && label !== 1) refuse("label", "label_invalid", "is neither 0 nor 1");
    const key = `${caseId} ${side}`;
    const first = seen.get(key);
    if (first !== undefined) {
      refuse(
        "case_ID",
        "row_repeated",
        `has case ${caseId}, side ${side} again (${table.rowName(first)})`,
      );
    }
    seen.set(key, row);
    const id = caseId ?? "";
    const patient = womanColumn < 0 ? null : patientText(cells[womanColumn]);
    if (patient === undefined) {
      refuse(PATIENT_KEY, "patient_id_invalid", "is neither a short text nor a whole number");
    } else if (women.has(id) && women.get(id) !== patient) {
      refuse(
        PATIENT_KEY,
        "patient_id_invalid",
        `names another woman than the rows of case ${id} before`,
      );
    }
    women.set(id, women.get(id) ?? patient ?? null);
    const caseIndex = cases.get(id) ?? cases.size;
    cases.set(id, caseIndex);
    return {
      caseIndex,
      caseId: id,
      ...(typeof patient === "string" ? { patient } : {}),
      side: side ?? "left",
      label: label === 1 ? 1 : 0,
    };
  });
}

function readScores(table: StudyTable, column: number, errors: Fault[]): Float64Array {
  const name = table.columns[column]!;
  return Float64Array.from(table.rows, (cells, row) => {
    const score = numberOf(cells[column]!);
    if (score !== null && Number.isFinite(score)) return score;
    const missing = isMissing(cells[column]!);
    const state = missing ? "is empty: remove the row or the rater" : "is not a finite number";
    errors.push(faultOf({
      row,
      field: name,
      code: missing ? "score_missing" : "score_invalid",
      message: `${table.rowName(row)}, column ${name} ${state}`,
    }));
    return NaN;
  });
}

function idOf(value: PickleValue): string | null {
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number" && Number.isSafeInteger(value)) return String(BigInt(value));
  if (typeof value !== "string" || value.trim() === "") return null;
  return idKey(value);
}

/** The number in a cell; null for integers that a double cannot hold exactly. */
function numberOf(value: PickleValue): number | null {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "bigint") return BigInt(Number(value)) === value ? Number(value) : null;
  if (typeof value !== "string") return null;
  const text = value.trim();
  if (/^true$/i.test(text)) return 1;
  if (/^false$/i.test(text)) return 0;
  return DECIMAL.test(text) ? Number(text) : null;
}

function isMissing(value: PickleValue): boolean {
  return value === null || Number.isNaN(value) ||
    (typeof value === "string" && /^(?:|nan|none|null|n\/a)$/i.test(value.trim()));
}
