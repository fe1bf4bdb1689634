import { CsvError, parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";

/** One line of a table, below the header. */
export interface TableRow {
  /** 1-based line in the file at which the row ends; the header is line 1. */
  readonly line: number;
  /** One cell for each column. */
  readonly cells: readonly string[];
}

/** A table with named columns. */
export interface Table {
  /** Names of the columns without spaces around them; the first may be empty if that was allowed. */
  readonly columns: readonly string[];
  /** The rows, in file order, without empty lines. */
  readonly rows: readonly TableRow[];
}

/** How a table is read. */
export interface ReadTableOptions {
  /** Whether the first column may have no name, as pandas writes its index. */
  readonly unnamedFirstColumn?: boolean;
}

/** How a table is written. */
export interface WriteTableOptions {
  /** Whether texts that a spreadsheet would run as a formula get an apostrophe in front. */
  readonly escapeFormulas?: boolean;
}

/** What a cell can be written from; null is an empty cell. */
export type Cell = string | number | bigint | boolean | null;

const SYNTAX_OF_CODE: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: "has a quote that is never closed",
  INVALID_OPENING_QUOTE: "has a quote in the middle of a cell",
  CSV_INVALID_CLOSING_QUOTE: "has text after a closing quote",
};

/**
 * Reads CSV text with a header (RFC 4180; also LF and CR, a byte order mark, empty lines, and a
 * missing newline at the end).
 *
 * @param text the whole file
 * @param options what is allowed beyond that
 * @returns columns and rows, every row as long as the header
 * @throws {SyntaxError} when there is no header, a name is missing or there twice, a row is longer
 *   or shorter than the header, or quotes are wrong; with the line
 */
export function readTable(text: string, options: ReadTableOptions = {}): Table {
  const records = parseRecords(text);
  const header = records.shift();
  if (header === undefined) throw new SyntaxError("Cannot read the table: the file is empty");
  const columns = header.cells.map((name) => name.trim());
  checkColumns(columns, options.unnamedFirstColumn ?? false);
  const ragged = records.find((row) => row.cells.length !== columns.length);
  if (ragged !== undefined) {
    throw new SyntaxError(
      `Cannot read the table: line ${ragged.line} has ${ragged.cells.length} cells, ` +
        `the header has ${columns.length}`,
    );
  }
  return { columns, rows: records };
}

/**
 * Writes CSV text: comma, LF, quotes where needed.
 *
 * @param columns names of the columns
 * @param rows cells in the order of the columns; numbers are written so that they read back exactly
 * @param options what else to do
 * @returns the text, with a newline at the end
 * @throws {TypeError} when a row is longer or shorter than the header
 */
export function writeTable(
  columns: readonly string[],
  rows: Iterable<readonly Cell[]>,
  options: WriteTableOptions = {},
): string {
  const records: Cell[][] = [[...columns]];
  for (const row of rows) {
    if (row.length !== columns.length) {
      throw new TypeError(
        `Cannot write the table: a row has ${row.length} cells, the header ${columns.length}`,
      );
    }
    records.push(row.map((cell) => typeof cell === "boolean" ? String(cell) : cell));
  }
  const csv = stringify(records);
  return options.escapeFormulas === true ? defuseFormulas(csv) : csv;
}

/** Where a cell begins: spreadsheets in half of Europe divide at semicolons, whatever the file means. */
const CELL_START = /(^|[,;\t])("?)/.source;
/** What a number is made of that begins with a sign. */
const SIGNED_NUMBER = /[+-](?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[^\S\r\n]*"?(?:[,;\t]|\r?$)/.source;
/** How a formula begins, also after spaces and in the wide forms of East Asian keyboards. */
const FORMULA_START = /[^\S\r\n]*[-=+@\t\uff0b\uff0d\uff1d\uff20]/.source;
/** A cell that a spreadsheet would take for a formula: it begins as one and is no number. */
const FORMULA = new RegExp(
  `${CELL_START}(?![^\\S\\r\\n]*${SIGNED_NUMBER})(?=${FORMULA_START})(?=.)`,
  "gm",
);

/**
 * Puts an apostrophe in front of whatever a spreadsheet would run as a formula (OWASP, CSV injection), and
 * leaves all else as it is, to the byte.
 *
 * @param csv whole lines
 * @returns the same lines
 */
export function defuseFormulas(csv: string): string {
  return csv.replace(FORMULA, "$1$2'");
}

function parseRecords(text: string): TableRow[] {
  try {
    const records = parse(text, {
      bom: true,
      info: true,
      record_delimiter: ["\r\n", "\n", "\r"],
      relax_column_count: true,
      skip_empty_lines: true,
    }) as unknown as { info: { lines: number }; record: string[] }[];
    return records.map(({ info, record }) => ({ line: info.lines, cells: record }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const reason = SYNTAX_OF_CODE[error.code] ?? "is malformed";
    throw new SyntaxError(`Cannot read the table: line ${error.lines} ${reason}`);
  }
}

/** Two columns of one name would silently become one. */
function checkColumns(columns: readonly string[], unnamedFirst: boolean): void {
  const seen = new Set<string>();
  for (const [index, name] of columns.entries()) {
    if (name === "" && !(index === 0 && unnamedFirst)) {
      throw new SyntaxError(`Cannot read the table: column ${index + 1} has no name`);
    }
    if (seen.has(name)) {
      throw new SyntaxError(`Cannot read the table: column ${JSON.stringify(name)} is there twice`);
    }
    seen.add(name);
  }
}
