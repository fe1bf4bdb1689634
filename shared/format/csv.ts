import { CsvError, parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import {
  type CsvRecord,
  delimiterOf,
  withDecimalPoints,
  withoutEmptyColumns,
} from "./csv_dialect.ts";

/** One line of a table, below the header: the line at which it ends, and one cell for each column. */
export type TableRow = CsvRecord;

/** A table with named columns. */
export interface Table {
  /** Names of the columns without spaces around them; an index without a name, the first, is called "". */
  readonly columns: readonly string[];
  /** The rows, in file order, without empty lines. */
  readonly rows: readonly TableRow[];
}

/** How a table is read. */
export interface ReadTableOptions {
  /** Most rows that matter: one more is read, and nothing after it. */
  readonly rowsMax?: number;
}

/** How a table is written. */
export interface WriteTableOptions {
  /** Whether texts that a spreadsheet would run as a formula get an apostrophe in front. */
  readonly escapeFormulas?: boolean;
}

/** What a cell can be written from; null is an empty cell. */
export type Cell = string | number | bigint | boolean | null;

/** Rows that are written at once: what is in between takes ten times the memory of the text. */
const ROWS_AT_ONCE = 10_000;

const SYNTAX_OF_CODE: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: "has a quote that is never closed",
  INVALID_OPENING_QUOTE: "has a quote in the middle of a cell",
  CSV_INVALID_CLOSING_QUOTE: "has text after a closing quote",
};

/**
 * Reads CSV text with a header (RFC 4180), in the forms in which pandas and spreadsheets write it: divided by
 * commas, semicolons or tabs (with semicolons and tabs also a decimal comma), a first line `sep=;`, a byte order
 * mark, LF, CRLF and CR, empty lines, empty columns and rows at the end, and an index without a name.
 *
 * @param text the whole file
 * @returns columns and rows, every row as long as the header
 * @throws {SyntaxError} when there is no header, a column with content has no name, a name is there twice, a row
 *   is longer or shorter than the header, or quotes are wrong; with the line
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
 * Writes CSV text: comma, LF, quotes where needed.
 *
 * @param rows cells in the order of the columns; numbers are written so that they read back exactly
 * @returns the text, with a newline at the end
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

/** What divides cells: spreadsheets in half of Europe divide at semicolons, whatever the file means. */
const DELIMITERS = ",;\t";
const LINE_ENDS = "\n\r\u2028\u2029";
/** How a formula begins, also after spaces and in the wide forms of East Asian keyboards. */
const FORMULA_SIGNS = "-=+@\t\uff0b\uff0d\uff1d\uff20";
const SIGNED_NUMBER = /[+-](?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const BLANKS = /[^\S\r\n]*/y;

/**
 * Puts an apostrophe in front of whatever a spreadsheet would run as a formula (OWASP, CSV injection), and
 * leaves all else as it is, to the byte. Takes time in proportion to the text, whatever it holds.
 *
 * @param csv whole lines
 * @returns the same lines
 */
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

/** Tells of each place whether a formula begins there. Runs of blanks are looked at once, however many cells begin in them. */
function createFormulaTest(csv: string): (content: number) => boolean {
  let [blanksEnd, lastTab, isNumber] = [-1, -1, false];

  function endOf(pattern: RegExp, from: number): number {
    pattern.lastIndex = from;
    return pattern.test(csv) ? pattern.lastIndex : from;
  }

  /** Whether what stands there is a number with a sign, and nothing else up to the end of its cell. */
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
      // The parser's own notes on each record take more memory than the record.
      on_record: toRow as (cells: string[], place: { lines: number }) => never,
      record_delimiter: ["\r\n", "\n", "\r"],
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      // The header and one row too many.
      ...(rowsMax === undefined ? {} : { to: rowsMax + 2 }),
    }) as unknown as CsvRecord[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const reason = SYNTAX_OF_CODE[error.code] ?? "is malformed";
    throw new SyntaxError(`Cannot read the table: line ${error.lines} ${reason}`);
  }
}

/** A text that was decoded from a workbook, or from UTF-16, would be read as one strange column. */
function refuseBinary(text: string): void {
  if (!text.startsWith("PK\u0003\u0004") && !text.slice(0, 256).includes("\0")) return;
  throw new SyntaxError(
    "Cannot read the table: it is an Excel workbook or not UTF-8 text: save it as CSV UTF-8",
  );
}

/** Two columns of one name would silently become one. */
function checkColumns(columns: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of columns) {
    if (seen.has(name)) {
      throw new SyntaxError(`Cannot read the table: column ${JSON.stringify(name)} is repeated`);
    }
    seen.add(name);
  }
}
