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

/** A data list in another form. */
export interface Conversion {
  /** The whole file. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Number of exams. */
  readonly exams: number;
  /** What is not the same when the file is read again; empty when all of it is. */
  readonly differences: readonly Difference[];
}

/**
 * Writes a data list in another form, and reads that again to see what was not kept. Nothing is
 * checked or mended on the way: wrong labels and names are carried over.
 *
 * @param bytes the whole file
 * @param to the form that is wanted; a pickle gets protocol 4
 * @returns the file in its new form
 * @throws {SyntaxError} when the file cannot be read
 * @throws {TypeError} when it holds what the new form cannot hold at all
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

/** A copy in which each pandas Series, at any depth, is the list of its values. */
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
