import { pickleToJson } from "../json_value.ts";
import {
  isSeries,
  PickleArray,
  PickleTuple,
  type PickleValue,
  readSeries,
  writePickle,
} from "../pickle/mod.ts";
import { csvOfEntries } from "./csv_of_entries.ts";
import type { DataListFormat } from "./data_list.ts";
import { type Difference, differencesOf } from "./differences.ts";
import { entriesOf } from "./read.ts";

/** A data list converted to another format. */
export interface Conversion {
  /** The whole file. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Number of exams. */
  readonly exams: number;
  /** What changes when the file is read again; empty when nothing does. */
  readonly differences: readonly Difference[];
}

/**
 * Converts a data list (a pickle gets protocol 4) and reads it again to report what was lost; corrects nothing.
 * @throws {SyntaxError} when the file cannot be read
 * @throws {TypeError} when the new format cannot hold the content
 */
export function convertDataList(
  bytes: Uint8Array,
  from: DataListFormat,
  to: DataListFormat,
): Conversion {
  const { values, errors = [] } = entriesOf(bytes, from);
  if (errors.length > 0) {
    const more = errors.length > 1 ? ` (and ${errors.length - 1} more faults)` : "";
    throw new SyntaxError(`Cannot read the data list: ${errors[0]!.message}${more}`);
  }
  const plain = values.map(withoutSeries);
  const written = write(plain, to);
  return {
    bytes: written,
    exams: plain.length,
    differences: differencesOf(plain, entriesOf(written, to).values),
  };
}

function write(values: readonly PickleValue[], to: DataListFormat): Uint8Array<ArrayBuffer> {
  switch (to) {
    case "pkl":
      return writePickle([...values]);
    case "json":
      return utf8(`[\n${values.map((value) => pickleToJson(value)).join(",\n")}\n]\n`);
    case "csv":
      return utf8(csvOfEntries(values));
  }
}

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** Copies a value, replacing each pandas Series, at any depth, by the list of its values. */
function withoutSeries(value: PickleValue): PickleValue {
  if (isSeries(value)) return readSeries(value).map(withoutSeries);
  if (Array.isArray(value)) return value.map(withoutSeries);
  if (value instanceof PickleTuple) return new PickleTuple(value.items.map(withoutSeries));
  if (value instanceof PickleArray && Array.isArray(value.data)) {
    const array = Object.assign(new PickleArray(), value);
    array.data = value.data.map(withoutSeries);
    return array;
  }
  if (!(value instanceof Map)) return value;
  return new Map([...value].map(([key, item]) => [key, withoutSeries(item)]));
}
