import { pickleToJson } from "../json_value.ts";
import { writePickle } from "../pickle/mod.ts";
import { blankLabels } from "./blank_labels.ts";
import type { DataList } from "./data_list.ts";

/** What a written data list tells. */
export interface WriteDataListOptions {
  /** `blank` for models that shall not see the truth, `keep` for the volume. */
  readonly labels: "keep" | "blank";
}

/**
 * Writes a data list as a pickle of protocol 4, which the metarepository's models read.
 *
 * All keys are passed on. Views are lists of names without `.png`; numpy scalars are plain numbers
 * and numpy arrays nested lists by now.
 *
 * @param list the data list; only its entries are used
 * @param options whether the truth is told
 * @returns the pickle
 */
export function writeDataList(
  list: Pick<DataList, "entries">,
  options: WriteDataListOptions,
): Uint8Array<ArrayBuffer> {
  const entries = options.labels === "blank" ? blankLabels(list.entries) : [...list.entries];
  return writePickle(entries);
}

/**
 * Writes a data list as JSON, one exam a line: the copy that people and other programs read.
 *
 * Integers and floats stay exact; NaN becomes null; tuples and sets become lists; bytes are left out.
 *
 * @param list the data list; only its entries are used
 * @returns JSON text, which `readDataList` reads again
 */
export function dataListToJson(list: Pick<DataList, "entries">): string {
  return `[\n${list.entries.map((entry) => pickleToJson(entry)).join(",\n")}\n]\n`;
}
