import { told } from "../faults.ts";
import { PickleArray, PickleTuple, type PickleValue } from "../pickle/mod.ts";

/** One kind of change that a conversion has made. */
export interface Difference {
  /** Path within an exam: keys joined by dots. */
  readonly field: string;
  /** 0-based position of the first affected exam. */
  readonly exam: number;
  /** Number of affected exams. */
  readonly exams: number;
  /** Whether a value is lost; otherwise only its container type has changed. */
  readonly isLoss: boolean;
  /** The change: `tuple became list`, `NaN became None`. */
  readonly change: string;
}

/** Compares data lists by value and type. Reports each kind of change once per field, in order of first occurrence. */
export function differencesOf(
  before: readonly PickleValue[],
  after: readonly PickleValue[],
): Difference[] {
  const found = new Map<string, Difference>();
  for (const [exam, value] of before.entries()) {
    const seen = new Set<string>();
    compare(value, after[exam], "", (field, isLoss, change) => {
      const key = `${field}\n${change}`;
      if (seen.has(key)) return;
      seen.add(key);
      const earlier = found.get(key) ?? { field, exam, exams: 0, isLoss, change };
      found.set(key, { ...earlier, exams: earlier.exams + 1 });
    });
  }
  return [...found.values()];
}

type Report = (field: string, isLoss: boolean, change: string) => void;

function compare(
  before: PickleValue,
  after: PickleValue | undefined,
  field: string,
  report: Report,
): void {
  const members = membersOf(before);
  const now = after === undefined ? null : membersOf(after);
  if (before instanceof Map && after instanceof Map) {
    compareDicts(before, after, field, report);
  } else if (members !== null && now !== null) {
    if (kindOf(before) !== kindOf(after)) report(field, false, changeOf(before, after));
    if (members.length !== now.length) report(field, true, "its length changed");
    for (const [index, member] of members.entries()) compare(member, now[index], field, report);
  } else if (!isSame(before, after)) report(field, true, changeOf(before, after));
}

function compareDicts(
  before: Map<PickleValue, PickleValue>,
  after: Map<PickleValue, PickleValue>,
  field: string,
  report: Report,
): void {
  const place = (key: PickleValue): string => {
    const name = typeof key === "string" ? told(key).slice(1, -1) : kindOf(key);
    return field === "" ? name : `${field}.${name}`;
  };
  for (const [key, value] of before) {
    if (after.has(key)) compare(value, after.get(key), place(key), report);
    else report(place(key), true, typeof key === "string" ? "is gone" : "the key became text");
  }
  for (const key of after.keys()) {
    if (!before.has(key) && typeof key === "string") {
      report(place(key), false, `was missing and became ${kindOf(after.get(key))}`);
    }
  }
}

/** Returns the members of any sequence-like value, in order. */
function membersOf(value: PickleValue): readonly PickleValue[] | null {
  if (Array.isArray(value)) return value;
  if (value instanceof PickleTuple) return value.items;
  if (value instanceof Set) return [...value];
  if (!(value instanceof PickleArray)) return null;
  const list = value.toList();
  return Array.isArray(list) ? list : null;
}

function isSame(before: PickleValue, after: PickleValue | undefined): boolean {
  if (before instanceof PickleArray && before.shape.length === 0) {
    return isSame(before.toList(), after);
  }
  if (before instanceof Uint8Array && after instanceof Uint8Array) {
    return before.length === after.length && before.every((byte, index) => byte === after[index]);
  }
  return Object.is(before, after);
}

function changeOf(before: PickleValue, after: PickleValue | undefined): string {
  const [was, is] = [kindOf(before), kindOf(after)];
  return was === is ? `a ${was} became another` : `${was} became ${is}`;
}

/** Returns the Python name of a value's type. */
function kindOf(value: PickleValue | undefined): string {
  if (value === undefined) return "nothing";
  if (value === null) return "None";
  if (typeof value === "number") return Number.isNaN(value) ? "NaN" : "float";
  if (typeof value === "bigint") return "int";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "string") return "text";
  if (value instanceof Uint8Array) return "bytes";
  if (Array.isArray(value)) return "list";
  if (value instanceof PickleTuple) return "tuple";
  if (value instanceof Set) return "set";
  return value instanceof Map ? "dict" : "numpy array";
}
