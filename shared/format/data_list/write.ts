import { writePickle } from "../pickle/mod.ts";
import { entriesForContainer } from "./container_entry.ts";
import type { DataList } from "./data_list.ts";

/** Who a written data list is for. */
export interface WriteDataListOptions {
  /**
   * `keep`: every key, for the volume. For containers `blank`, without the truth, or `open`, with the labels; neither has
   * women, reads or outcomes.
   */
  readonly labels: "keep" | "blank" | "open";
}

/**
 * Writes a data list as a pickle of protocol 4, which the metarepository's models read.
 *
 * Views are lists of names without `.png`; numpy scalars are plain numbers
 * and numpy arrays nested lists by now.
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
