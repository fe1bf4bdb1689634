import { CsvError, parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import {
  type CsvRecord,
  delimiterOf,
  withDecimalPoints,
  withoutEmptyColumns,
} from "./csv_dialect.ts";

/** A row of a table: its last line in the file, and one cell per column. */
export type TableRow = CsvRecord;

/** A table with named columns. */
export interface Table {
  /** Trimmed column names; an unnamed index (the first column) is called "". */
  readonly columns: readonly string[];
  /** The rows in file order, without empty lines. */
  readonly rows: readonly TableRow[];
}

/** Options for reading a table. */
export interface ReadTableOptions {
  /** Maximum number of rows; one more is read, and nothing after it. */
  readonly rowsMax?: number;
}

/** Options for writing a table. */
export interface WriteTableOptions {
  /** Whether to prefix an apostrophe to text that a spreadsheet would run as a formula. */
  readonly escapeFormulas?: boolean;
}

/** Value of a cell to write; null is an empty cell. */
export type Cell = string | number | bigint | boolean | null;

/** Rows per batch: the intermediate form takes ten times the memory of the text. */
const ROWS_AT_ONCE = 10_000;

const SYNTAX_OF_CODE: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: "has a quote that is never closed",
  INVALID_OPENING_QUOTE: "has a quote in the middle of a cell",
  CSV_INVALID_CLOSING_QUOTE: "has text after a closing quote",
};

/**
 * Reads CSV with a header (RFC 4180), as pandas and spreadsheets write it: commas, semicolons or tabs, decimal commas,
 * `sep=;`, byte order mark, any line end, empty lines, trailing columns and an unnamed index. Rows get equal lengths.
 * @throws {SyntaxError} with the line, for a bad header, a row of another length, or wrong quotes
 */
export function readTable(text: string, options: ReadTableOptions = {}): Table {
  refuseBinary(text);
  const { delimiter, firstLine } = delimiterOf(text);
  const [header, ...others] = parseRecords(text, delimiter, firstLine, options.rowsMax);
  if (header === undefined) throw new SyntaxError("Cannot read the table: the file is empty");
  const { columns, records } = withoutEmptyColumns(header.cells, others);
  checkColumns(columns);
  return { columns, rows: delimiter === "," ? records : withDecimalPoints(records) };
}

/**
 * Numbers read back exactly.
 * @throws {TypeError} when a row is longer or shorter than the header
 */
export function writeTable(
  columns: readonly string[],
  rows: Iterable<readonly Cell[]>,
  options: WriteTableOptions = {},
): string {
  let csv = "";
  let records: Cell[][] = [[...columns]];
  for (const row of rows) {
    if (records.length === ROWS_AT_ONCE) {
      csv += stringify(records);
      records = [];
    }
    if (row.length !== columns.length) {
      throw new TypeError(
        `Cannot write the table: a row has ${row.length} cells, the header ${columns.length}`,
      );
    }
    records.push(row.map((cell) => typeof cell === "boolean" ? String(cell) : cell));
  }
  csv += stringify(records);
  return options.escapeFormulas === true ? defuseFormulas(csv) : csv;
}

/** Possible separators: half of Europe's spreadsheets split at semicolons, whatever the file uses. */
const DELIMITERS = ",;\t";
const LINE_ENDS = "\n\r\u2028\u2029";
/** First characters of a formula, also after spaces and in East Asian full-width forms. */
const FORMULA_SIGNS = "-=+@\t\uff0b\uff0d\uff1d\uff20";
const SIGNED_NUMBER = /[+-](?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const BLANKS = /[^\S\r\n]*/y;

/** Prefixes an apostrophe to formulas of whole lines (OWASP, CSV injection), in linear time. */
export function defuseFormulas(csv: string): string {
  const isFormula = createFormulaTest(csv);
  let defused = "";
  let copied = 0;
  for (let at = 0; at < csv.length; at++) {
    const begins = at === 0 || LINE_ENDS.includes(csv[at - 1]!) ||
      DELIMITERS.includes(csv[at - 1]!);
    if (!begins) continue;
    const content = csv[at] === '"' ? at + 1 : at;
    if (!isFormula(content)) continue;
    defused += csv.slice(copied, content) + "'";
    copied = content;
  }
  return defused + csv.slice(copied);
}

/** Tests whether a formula starts at a position. Each run of blanks is scanned once. */
function createFormulaTest(csv: string): (content: number) => boolean {
  let [blanksEnd, lastTab, isNumber] = [-1, -1, false];

  function endOf(pattern: RegExp, from: number): number {
    pattern.lastIndex = from;
    return pattern.test(csv) ? pattern.lastIndex : from;
  }

  /** Whether the rest of the cell is a signed number. */
  function numberAt(from: number): boolean {
    const end = endOf(SIGNED_NUMBER, from);
    if (end === from) return false;
    const next = endOf(BLANKS, end);
    if (csv.slice(end, next).includes("\t")) return true;
    const after = csv[csv[next] === '"' ? next + 1 : next];
    return after === undefined || DELIMITERS.includes(after) || LINE_ENDS.includes(after);
  }

  return (content) => {
    if (content >= csv.length || LINE_ENDS.includes(csv[content]!)) return false;
    if (content >= blanksEnd) {
      blanksEnd = endOf(BLANKS, content);
      lastTab = csv.slice(content, blanksEnd).lastIndexOf("\t");
      if (lastTab >= 0) lastTab += content;
      isNumber = numberAt(blanksEnd);
    }
    if (isNumber) return false;
    const sign = csv[blanksEnd];
    return lastTab >= content || sign !== undefined && FORMULA_SIGNS.includes(sign);
  };
}

function toRow(cells: string[], { lines }: { readonly lines: number }): CsvRecord {
  return { line: lines, cells };
}

function parseRecords(
  text: string,
  delimiter: string,
  firstLine: number,
  rowsMax?: number,
): CsvRecord[] {
  try {
    return parse(text, {
      bom: true,
      delimiter,
      from_line: firstLine,
      // Dropping the parser's metadata saves memory: it is larger than the record.
      on_record: toRow as (cells: string[], place: { lines: number }) => never,
      record_delimiter: ["\r\n", "\n", "\r"],
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      // The header and one surplus row.
      ...(rowsMax === undefined ? {} : { to: rowsMax + 2 }),
    }) as unknown as CsvRecord[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const reason = SYNTAX_OF_CODE[error.code] ?? "is malformed";
    throw new SyntaxError(`Cannot read the table: line ${error.lines} ${reason}`);
  }
}

/** A decoded workbook or UTF-16 text would parse as one strange column. */
function refuseBinary(text: string): void {
  if (!text.startsWith("PK\u0003\u0004") && !text.slice(0, 256).includes("\0")) return;
  throw new SyntaxError(
    "Cannot read the table: it is an Excel workbook or not UTF-8 text: save it as CSV UTF-8",
  );
}

/** Two columns with the same name would silently become one. */
function checkColumns(columns: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of columns) {
    if (seen.has(name)) {
      throw new SyntaxError(`Cannot read the table: column ${JSON.stringify(name)} is repeated`);
    }
    seen.add(name);
  }
}
