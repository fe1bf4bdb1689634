import { writePickle } from "../pickle/mod.ts";
import { entriesForContainer } from "./container_entry.ts";
import type { DataList } from "./data_list.ts";

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
