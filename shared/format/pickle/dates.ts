import type { Machine } from "./machine.ts";
import { packedBytes } from "./numpy.ts";
import { dateText, type PickleValue } from "./value.ts";
import { plain, type StackValue } from "./stack_value.ts";

/** Resolutions of a pandas Timestamp, by numpy's number for them (`NPY_DATETIMEUNIT`). */
const TIMESTAMP_UNITS: ReadonlyMap<PickleValue, string> = new Map([
  [7n, "s"],
  [8n, "ms"],
  [9n, "us"],
  [10n, "ns"],
]);

/**
 * Interprets `datetime.date(bytes)`: year in two bytes, month, day.
 *
 * @param args what Python would call it with
 * @returns ISO 8601 text
 */
export function makeDate(machine: Machine, args: readonly StackValue[]): PickleValue {
  const bytes = packedBytes(args[0]);
  if (bytes?.length !== 4 || args.length !== 1) throw malformed(machine);
  return dayText(machine, bytes);
}

/**
 * Interprets `datetime.datetime(bytes)`: the bytes of a date, hour, minute, second, and microseconds in
 * three bytes. The month's highest bit only tells the second of two equal hours in autumn.
 *
 * @param args what Python would call it with
 * @returns ISO 8601 text without a zone
 * @throws {PickleError} when it has a time zone
 */
export function makeDateTime(machine: Machine, args: readonly StackValue[]): PickleValue {
  const bytes = packedBytes(args[0])?.slice();
  if (args.length > 1) throw zoned(machine);
  if (bytes?.length !== 10) throw malformed(machine);
  bytes[2] = bytes[2]! & 0x7f;
  const [hour, minute, second] = [bytes[4]!, bytes[5]!, bytes[6]!];
  const micros = bytes[7]! << 16 | bytes[8]! << 8 | bytes[9]!;
  if (hour > 23 || minute > 59 || second > 59 || micros > 999_999) throw malformed(machine);
  const time = [hour, minute, second].map((part) => String(part).padStart(2, "0")).join(":");
  const fraction = micros === 0 ? "" : `.${String(micros).padStart(6, "0")}`;
  return `${dayText(machine, bytes)}T${time}${fraction}`;
}

/**
 * Interprets pandas' `_unpickle_timestamp(value, freq, tz[, resolution])`.
 *
 * @param args what Python would call it with
 * @returns ISO 8601 text without a zone
 * @throws {PickleError} when it has a time zone
 */
export function makeTimestamp(machine: Machine, args: readonly StackValue[]): PickleValue {
  const [ticks, , zone, resolution] = args.map(plain);
  if (zone !== null && zone !== undefined) throw zoned(machine);
  const unit = resolution === undefined ? "ns" : TIMESTAMP_UNITS.get(resolution);
  if (typeof ticks !== "bigint" || unit === undefined) throw malformed(machine);
  if (BigInt.asIntN(64, ticks) !== ticks) throw malformed(machine);
  return dateText(ticks, unit);
}

/**
 * Interprets pandas' `_nat_unpickle(None)`, the missing date.
 *
 * @returns null
 */
export function makeMissingDate(): PickleValue {
  return null;
}

function dayText(machine: Machine, bytes: Uint8Array): string {
  const year = bytes[0]! << 8 | bytes[1]!;
  const [month, day] = [bytes[2]!, bytes[3]!];
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31) {
    throw malformed(machine);
  }
  return `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${
    String(day).padStart(2, "0")
  }`;
}

function malformed(machine: Machine): Error {
  return machine.fault("a date is malformed; convert it to text");
}

function zoned(machine: Machine): Error {
  return machine.fault("a date has a time zone; convert it to text");
}
