import { writePickle } from "../../shared/format/pickle/mod.ts";
import { dataList } from "./data_list.ts";

/** Plain data as {@linkcode writePickle} takes it: integers as bigint, objects as Map. */
type Picklable = string | bigint | Picklable[] | Map<string, Picklable>;

function picklable(value: unknown): Picklable {
  if (typeof value === "string") return value;
  if (typeof value === "number") return BigInt(value);
  if (Array.isArray(value)) return value.map(picklable);
  const members = Object.entries(value as Readonly<Record<string, unknown>>);
  return new Map(members.map(([key, member]) => [key, picklable(member)]));
}

/**
 * Writes the list as a pickle of protocol 4, the newest that old models can read.
 *
 * @returns the bytes
 */
export function dataListPickle(): Uint8Array {
  return writePickle(picklable(dataList()));
}
