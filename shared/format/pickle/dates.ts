import type { Machine } from "./machine.ts";
import { packedBytes } from "./numpy.ts";
import { dateText, PickleObject, type PickleValue } from "./value.ts";
import { plain, type StackValue } from "./stack_value.ts";

/** Resolutions of a pandas Timestamp by numpy's numbers (`NPY_DATETIMEUNIT`). */
const TIMESTAMP_UNITS: ReadonlyMap<PickleValue, string> = new Map([
  [7n, "s"],
  [8n, "ms"],
  [9n, "us"],
  [10n, "ns"],
]);

/** Interprets `datetime.date(bytes)` (year in two bytes, month, day) as ISO 8601 text. */
export function makeDate(machine: Machine, args: readonly StackValue[]): PickleValue {
  const bytes = packedBytes(args[0]);
  if (bytes?.length !== 4 || args.length !== 1) throw malformed(machine);
  return dayText(machine, bytes);
}

/** `datetime.datetime(bytes)` as ISO 8601 text with the offset of a fixed zone; ignores `fold`. */
export function makeDateTime(machine: Machine, args: readonly StackValue[]): PickleValue {
  const bytes = packedBytes(args[0])?.slice();
  if (bytes?.length !== 10 || !isZone(args[1]) || args.length > 2) throw malformed(machine);
  bytes[2] = bytes[2]! & 0x7f;
  const [hour, minute, second] = [bytes[4]!, bytes[5]!, bytes[6]!];
  const micros = bytes[7]! << 16 | bytes[8]! << 8 | bytes[9]!;
  if (hour > 23 || minute > 59 || second > 59 || micros > 999_999) throw malformed(machine);
  const time = [hour, minute, second].map((part) => String(part).padStart(2, "0")).join(":");
  const fraction = micros === 0 ? "" : `.${String(micros).padStart(6, "0")}`;
  return `${dayText(machine, bytes)}T${time}${fraction}${offsetText(args[1])}`;
}

/** pandas' `_unpickle_timestamp(value, freq, tz[, resolution])` as ISO 8601 text, in UTC if zoned. */
export function makeTimestamp(machine: Machine, args: readonly StackValue[]): PickleValue {
  const [ticks, , zone, resolution] = args.map(plain);
  const unit = resolution === undefined ? "ns" : TIMESTAMP_UNITS.get(resolution);
  if (typeof ticks !== "bigint" || unit === undefined || !isZone(zone)) throw malformed(machine);
  if (BigInt.asIntN(64, ticks) !== ticks) throw malformed(machine);
  const text = dateText(ticks, unit);
  // With a zone, ticks are in UTC.
  return zone === null || zone === undefined || text === null ? text : `${text}+00:00`;
}

/** Interprets pandas' `_nat_unpickle(None)`, the missing date. */
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

function isZone(zone: StackValue | undefined): boolean {
  return zone === undefined || zone === null || zone instanceof PickleObject;
}

/** UTC offset of a date's zone, such as `+01:00`; "" without a zone, or when the offset depends on the date. */
function offsetText(zone: StackValue | undefined): string {
  if (!(zone instanceof PickleObject)) return "";
  if (/UTC$/i.test(zone.type.qualname)) return "+00:00";
  const [offset] = zone.type.toString() === "datetime.timezone" ? zone.args.items : [];
  if (!(offset instanceof PickleObject)) return "";
  const [days = 0, seconds = 0] = offset.args.items.map(Number);
  const minutes = Math.round((days * 86_400 + seconds) / 60);
  const [hour, minute] = [Math.trunc(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  const two = (part: number): string => String(part).padStart(2, "0");
  return `${minutes < 0 ? "-" : "+"}${two(hour)}:${two(minute)}`;
}
