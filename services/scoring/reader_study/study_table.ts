import { readDataFrame, readPickle, readTable, tableText } from "../../../shared/format/mod.ts";
import type { PickleValue } from "../../../shared/format/mod.ts";

/** The table of a reader study, from any file format. */
export interface StudyTable {
  readonly columns: readonly string[];
  /** One value per column; CSV values stay text. */
  readonly rows: readonly (readonly PickleValue[])[];
  /** Name of a row: the line of a text file, or the position from 0 in a pickle. */
  readonly rowName: (row: number) => string;
}

/**
 * Reads a DataFrame pickled by pandas 1 or 2 (`.pkl`, `.pickle`), or CSV.
 * @throws {TypeError} for another extension
 * @throws {SyntaxError} if the file cannot be read
 */
export function readStudyTable(bytes: Uint8Array, fileName: string): StudyTable {
  if (/\.(?:pkl|pickle)$/i.test(fileName)) {
    const { columns, rows } = readDataFrame(readPickle(bytes));
    return { columns, rows, rowName: (row) => `Row ${row}` };
  }
  if (/\.csv$/i.test(fileName)) {
    const { columns, rows } = readTable(tableText(bytes, "the results"));
    return {
      columns,
      rows: rows.map(({ cells }) => cells),
      rowName: (row) => `Line ${rows[row]!.line}`,
    };
  }
  throw new TypeError("Cannot tell the format of the results: their name must end in .pkl or .csv");
}
