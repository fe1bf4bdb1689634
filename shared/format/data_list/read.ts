import { DATA_LIST_BYTES_MAX } from "../../limits.ts";
import { writePickle } from "../pickle/mod.ts";
import { entriesForContainer } from "./container_entry.ts";
import type { DataList, DataListFormat } from "./data_list.ts";
import { entriesOfJson, entriesOfPickle, type RawEntries } from "./entries.ts";
import { entriesOfCsv } from "./entries_csv.ts";
import { tableText } from "../table_text.ts";
import { readExams } from "./exams.ts";

/**
 * Reads a data list: the images and truth of every exam, and every fault.
 *
 * @param options `entries: false` drops the entries, which take more memory than the exams
 * @throws {SyntaxError} when the file as a whole cannot be read
 */
export function readDataList(
  bytes: Uint8Array,
  format: DataListFormat,
  { entries = true }: { readonly entries?: boolean } = {},
): DataList {
  if (bytes.length > DATA_LIST_BYTES_MAX) {
    throw new SyntaxError(
      `Cannot read the data list: it has ${bytes.length} bytes; the limit is ${DATA_LIST_BYTES_MAX}`,
    );
  }
  return readExams(entriesOf(bytes, format), entries);
}

/**
 * Reads the raw entries of a data list, one value per exam.
 *
 * @throws {SyntaxError} when the file as a whole cannot be read
 */
export function entriesOf(bytes: Uint8Array, format: DataListFormat): RawEntries {
  switch (format) {
    case "pkl":
      return entriesOfPickle(bytes);
    case "json":
      return entriesOfJson(tableText(bytes, "the data list"));
    case "csv":
      return entriesOfCsv(tableText(bytes, "the data list"));
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
