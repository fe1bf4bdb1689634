import { DATA_LIST_BYTES_MAX } from "../../limits.ts";
import { writePickle } from "../pickle/mod.ts";
import { entriesForContainer } from "./container_entry.ts";
import type { DataList, DataListFormat } from "./data_list.ts";
import { entriesOfJson, entriesOfPickle, type RawEntries } from "./entries.ts";
import { entriesOfCsv } from "./entries_csv.ts";
import { type ExamTables, joinTables } from "./exam_tables.ts";
import { tableText } from "../table_text.ts";
import { readExams } from "./exams.ts";

/** How to read a data list. */
export interface ReadListOptions {
  /** `false` drops the entries, which take more memory than the exams. */
  readonly entries?: boolean;
  /** Tables of reads and outcomes to join by exam id. */
  readonly tables?: ExamTables;
}

/**
 * Reads a data list: the images and truth of every exam, and every fault.
 * @throws {SyntaxError} when the file as a whole cannot be read
 */
export function readDataList(
  bytes: Uint8Array,
  format: DataListFormat,
  { entries = true, tables = {} }: ReadListOptions = {},
): DataList {
  if (bytes.length > DATA_LIST_BYTES_MAX) {
    throw new SyntaxError(
      `Cannot read the data list: it has ${bytes.length} bytes; the limit is ${DATA_LIST_BYTES_MAX}`,
    );
  }
  const raw = entriesOf(bytes, format, Object.keys(tables).length > 0);
  return readExams(joinTables(raw, tables), entries);
}

/**
 * Reads the raw entries of a data list, one value per exam.
 * @param hasTables whether reads and outcomes come in tables of their own, so that a CSV may lack labels
 * @throws {SyntaxError} when the file as a whole cannot be read
 */
export function entriesOf(
  bytes: Uint8Array,
  format: DataListFormat,
  hasTables = false,
): RawEntries {
  switch (format) {
    case "pkl":
      return entriesOfPickle(bytes);
    case "json":
      return entriesOfJson(tableText(bytes, "the data list"));
    case "csv":
      return entriesOfCsv(tableText(bytes, "the data list"), hasTables);
  }
}

/** Options for writing a data list. */
export interface WriteDataListOptions {
  /**
   * `keep`: every key, for the volume. For containers: `blank` without the truth, `open` with the labels;
   * neither with patient ids, reads or outcomes.
   */
  readonly labels: "keep" | "blank" | "open";
}

/**
 * Writes a data list as a protocol 4 pickle, which the metarepository's models read. Views are lists of names
 * without `.png`; numpy scalars are plain numbers, numpy arrays nested lists.
 */
export function writeDataList(
  list: Pick<DataList, "entries">,
  options: WriteDataListOptions,
): Uint8Array<ArrayBuffer> {
  const entries = options.labels === "keep"
    ? [...list.entries]
    : entriesForContainer(list.entries, options.labels);
  return writePickle(entries);
}
