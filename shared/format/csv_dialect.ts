/** A CSV record before it becomes a table row. */
export interface CsvRecord {
  /** 1-based line at which it ends. */
  readonly line: number;
  readonly cells: readonly string[];
}

const DELIMITERS = [",", ";", "\t"] as const;
/** Separator between the cells of a table. */
export type Delimiter = typeof DELIMITERS[number];

/** The line in which Excel states the separator. */
const SEPARATOR_LINE = /^\ufeff?"?sep=([,;\t])"?[,;\t]*(?:\r\n|\n|\r)/i;
const DECIMAL_COMMA = /^\s*[+-]?\d*,\d+(?:[eE][+-]?\d+)?\s*$/;
const DECIMAL_POINT = /^\s*[+-]?\d*\.\d+(?:[eE][+-]?\d+)?\s*$/;
/** A numbered index that was read as data and written again. */
const INDEX_COLUMN = /^Unnamed: 0$/;

/** The separator: by `sep=;`, else the most frequent in the header; and the 1-based line of the header. */
export function delimiterOf(text: string): { delimiter: Delimiter; firstLine: 1 | 2 } {
  const stated = SEPARATOR_LINE.exec(text);
  if (stated !== null) return { delimiter: stated[1] as Delimiter, firstLine: 2 };
  const counts: Record<Delimiter, number> = { ",": 0, ";": 0, "\t": 0 };
  let isQuoted = false;
  let isEmpty = true;
  for (const character of text) {
    if (character === '"') isQuoted = !isQuoted;
    if (!isQuoted && (character === "\n" || character === "\r")) {
      if (isEmpty) continue;
      break;
    }
    isEmpty = false;
    if (!isQuoted && Object.hasOwn(counts, character)) counts[character as Delimiter] += 1;
  }
  const most = Math.max(...Object.values(counts));
  return { delimiter: DELIMITERS.find((one) => counts[one] === most)!, firstLine: 1 };
}

/**
 * Makes records as long as the header, without the empty columns that spreadsheets leave; keeps an unnamed index.
 * @throws {SyntaxError} when a record has content outside the named columns, or ends before the last of them
 */
export function withoutEmptyColumns(
  header: readonly string[],
  records: readonly CsvRecord[],
): { columns: string[]; records: readonly CsvRecord[] } {
  const names = header.map((name, index) =>
    index === 0 ? name.trim().replace(INDEX_COLUMN, "") : name.trim()
  );
  const named = names.findLastIndex((name) => name !== "") + 1;
  for (const { line, cells } of records) {
    if (cells.length < named || cells.slice(names.length).some(isFilled)) {
      throw new SyntaxError(
        `Cannot read the table: line ${line} has ${cells.length} cells, the header has ${names.length}`,
      );
    }
  }
  const kept = names.flatMap((name, index) => {
    if (name !== "") return [index];
    const filled = records.find(({ cells }) => isFilled(cells[index] ?? ""));
    if (filled === undefined) return [];
    if (index === 0) return [index];
    throw new SyntaxError(
      `Cannot read the table: column ${
        index + 1
      } has no name, but line ${filled.line} has a value in it`,
    );
  });
  const isWhole = kept.length === names.length &&
    records.every(({ cells }) => cells.length === names.length);
  return {
    columns: kept.map((index) => names[index]!),
    records: isWhole
      ? records
      : records.map(({ line, cells }) => ({ line, cells: kept.map((index) => cells[index]!) })),
  };
}

/** Decimal commas to points, except in columns with both. The records must have equal lengths. */
export function withDecimalPoints(records: readonly CsvRecord[]): readonly CsvRecord[] {
  const columns = (records[0]?.cells ?? []).map((_, index) =>
    !records.some(({ cells }) => DECIMAL_POINT.test(cells[index]!))
  );
  return records.map(({ line, cells }) => ({
    line,
    cells: cells.map((cell, index) =>
      columns[index] && DECIMAL_COMMA.test(cell) ? cell.replace(",", ".") : cell
    ),
  }));
}

function isFilled(cell: string): boolean {
  return cell.trim() !== "";
}
