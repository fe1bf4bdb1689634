import {
  type PickleValue,
  readDataFrame,
  readPickle,
  readTable,
  tableText,
} from "../../../shared/format/mod.ts";

/** A table of a reader study, whatever file it came from. */
export interface StudyTable {
  readonly columns: readonly string[];
  /** A value for each column; texts of a CSV stay texts. */
  readonly rows: readonly (readonly PickleValue[])[];
  /** What a row is called: the line of a text file, the position from 0 in a pickle. */
  readonly rowName: (row: number) => string;
}

/**
 * Reads the results of a reader study: a DataFrame as pandas 1 or 2 has pickled it, or CSV.
 *
 * @param bytes the whole file
 * @param fileName tells the format by its ending: `.pkl`, `.pickle` or `.csv`
 * @throws {TypeError} when the ending is another one
 * @throws {SyntaxError} when the file cannot be read
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
