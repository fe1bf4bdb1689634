import { LATERALITIES, type Laterality } from "../../domain/mod.ts";
import { DAYS_MAX, EXAM_ID_LENGTH_MAX, READS_OF_EXAM_MAX } from "../../limits.ts";
import { daysSinceFirst, plainDate } from "../exam_dates.ts";
import { told } from "../faults.ts";
import { pickleFromJson } from "../json_value.ts";
import { PickleArray, type PickleValue } from "../pickle/mod.ts";
import type { DataListEntry } from "./data_list.ts";
import type { ExamFaults } from "./exam_faults.ts";
import { EXAM_LABEL, LABEL_KEY } from "./exam_labels.ts";
import { PATIENT_KEY, patientText } from "./exam_patients.ts";

/** Keys of an exam that hold its reads and outcome. No container gets any of them. */
export const OUTCOME_KEYS = [
  "reads",
  "consensus_recall",
  "cancer_after_days",
  "detection",
  "followed_days",
  "exam_date",
  "weight",
  "stratum",
] as const;

/** How a cancer was found. */
export const DETECTIONS = ["screen", "interval", "next_round"] as const;

/** Aliases of keys, as in registry tables. */
const ALIASES: Readonly<Record<string, string>> = {
  days_to_cancer: "cancer_after_days",
  days_followed: "followed_days",
};
const BY_BREAST = ["cancer_after_days", "detection"] as const;
/** Column of one read: `recall_1`, `reader_1`, `score_1`. */
const WIDE_RECALL = /^recall_([1-9]\d?)$/;
/** Texts that stand for a missing value. */
const MISSING = /^(?:|nan|none|null|na|n\/a|<na>)$/i;

/** Columns of single breasts or reads, and aliases, that are merged into the keys. */
const FURTHER_COLUMN =
  /^(?:(?:cancer_after_days|days_to_cancer|detection)(?:_left|_right)?|days_followed|(?:recall|reader|score|order)_[1-9]\d?)$/;

/** Whether a column holds reads or an outcome. */
export function isOutcomeColumn(column: string): boolean {
  return (OUTCOME_KEYS as readonly string[]).includes(column) || FURTHER_COLUMN.test(column);
}

/** The value, or why it is wrong and what to give instead. */
type Reading<T> = { readonly value: T } | { readonly wrong: string };

/** Reads, outcomes and weight become the keys of {@linkcode OUTCOME_KEYS}. Idempotent. */
export function settleOutcomes(entry: DataListEntry, faults: ExamFaults): void {
  const complain = (field: string, wrong: string): void =>
    faults.error({
      code: "outcome_invalid",
      field,
      message: `${field}${wrong.startsWith("[") ? "" : " "}${wrong}`,
    });
  for (const [alias, name] of Object.entries(ALIASES)) {
    for (const end of ["", "_left", "_right"]) rename(entry, alias + end, name + end, complain);
  }
  for (const key of BY_BREAST) joinBreasts(entry, key, complain);
  joinReads(entry, complain);
  const saysNone = /^\s*none\s*$/i.test(String(entry.get("detection") ?? ""));
  const settle = <T extends PickleValue>(key: string, read: (value: PickleValue) => Reading<T>) => {
    const written = nested(plain(entry.get(key)));
    if (written === null) return void entry.delete(key);
    const result = read(written);
    if ("wrong" in result) complain(key, result.wrong);
    else if (result.value === null) entry.delete(key);
    else entry.set(key, result.value);
  };
  settle("reads", readReads);
  settle("consensus_recall", readCall);
  settle("cancer_after_days", (value) => readByBreast(value, readDays));
  settle("detection", (value) => readByBreast(value, readDetection));
  settle("followed_days", readDays);
  settle("exam_date", readDays);
  settle("weight", readWeight);
  settle("stratum", readStratum);
  if (!(entry.get(LABEL_KEY) instanceof Map)) deriveLabel(entry, saysNone);
}

/** Derives a missing label: whether any cancer is known, after however many days. */
function deriveLabel(entry: DataListEntry, saysNone: boolean): void {
  const known = BY_BREAST.map((key) => entry.get(key)).filter((value) => value !== undefined);
  const sides = known.filter((value) => value instanceof Map);
  if (known.length > sides.length) {
    entry.set(LABEL_KEY, new Map([[EXAM_LABEL, 1n]]));
  } else if (known.length > 0 || saysNone || entry.has("followed_days")) {
    const label = (side: Laterality): bigint =>
      sides.some((value) => value.get(side) !== null) ? 1n : 0n;
    entry.set(
      LABEL_KEY,
      new Map([["left_malignant", label("left")], ["right_malignant", label("right")]]),
    );
  }
}

/** Dates become days since the woman's first exam; returns how many without `patient_id` were removed. */
export function settleExamDates(values: readonly PickleValue[]): number {
  const dated = values.flatMap((value) => {
    const written = value instanceof Map ? plain(value.get("exam_date")) : null;
    const text = typeof written === "bigint" ? String(written) : written;
    const date = typeof text === "string" ? plainDate(text) : null;
    if (date === null) return [];
    const entry = value as Map<PickleValue, PickleValue>;
    return [{ entry, date, woman: patientText(plain(entry.get(PATIENT_KEY))) ?? null }];
  });
  for (const [at, day] of daysSinceFirst(dated).entries()) {
    const { entry } = dated[at]!;
    if (day === null) entry.delete("exam_date");
    else entry.set("exam_date", BigInt(day));
  }
  return dated.filter(({ woman }) => woman === null).length;
}

/** Unwraps a numpy scalar; null for a missing value. */
function plain(value: PickleValue | undefined): PickleValue {
  if (value instanceof PickleArray && value.shape.length === 0) return plain(value.toList());
  if (value === undefined || Number.isNaN(value)) return null;
  return typeof value === "string" && MISSING.test(value.trim()) ? null : value;
}

/** Parses a list or dict that a table cell holds as JSON. */
function nested(value: PickleValue): PickleValue {
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return value;
  try {
    return pickleFromJson(value);
  } catch {
    return value;
  }
}

type Complain = (field: string, wrong: string) => void;

function rename(entry: DataListEntry, from: string, to: string, complain: Complain): void {
  const value = entry.get(from);
  if (value === undefined) return;
  entry.delete(from);
  if (plain(value) === null) return;
  if (plain(entry.get(to)) === null) entry.set(to, value);
  else complain(from, `says the same as ${to}; give one of them`);
}

/** Merges `<key>_left` and `<key>_right` into one dict. */
function joinBreasts(entry: DataListEntry, key: string, complain: Complain): void {
  const names = LATERALITIES.map((side) => `${key}_${side}`);
  if (!names.some((name) => entry.has(name))) return;
  const values = names.map((name) => plain(entry.get(name)));
  for (const name of names) entry.delete(name);
  if (values.every((value) => value === null)) return;
  if (plain(entry.get(key)) !== null) {
    complain(key, `is given beside ${names.join(" and ")}; give it by breast or without side`);
  } else entry.set(key, new Map(LATERALITIES.map((side, at) => [side, values[at]!])));
}

/** Merges `reader_1`, `recall_1`, `score_1`, `reader_2`, … into one list, in that order or that of `order_1`, … */
function joinReads(entry: DataListEntry, complain: Complain): void {
  const orders = [...entry.keys()].flatMap((key) => WIDE_RECALL.exec(key)?.[1] ?? []).map(Number);
  if (orders.length === 0) return;
  const reads: PickleValue[] = [];
  for (const at of orders.sort((a, b) => a - b)) {
    const take = (name: string): PickleValue => {
      const value = plain(entry.get(`${name}_${at}`));
      entry.delete(`${name}_${at}`);
      return value;
    };
    const [recall, reader, score] = [take("recall"), take("reader"), take("score")];
    const order = take("order");
    if (recall === null && score === null) continue; // for example, no third read
    reads.push(
      new Map<string, PickleValue>([
        ["reader", reader ?? `r${at}`],
        ["recall", recall],
        ["score", score],
        ["order", order ?? BigInt(at)],
      ]),
    );
  }
  if (plain(entry.get("reads")) !== null) {
    complain("reads", "are given beside recall_1, recall_2, …; give one of them");
  } else entry.set("reads", reads);
}

function readReads(value: PickleValue): Reading<PickleValue> {
  if (!Array.isArray(value)) return { wrong: "is no list; give one dict a read" };
  if (value.length > READS_OF_EXAM_MAX) {
    return { wrong: `has ${value.length} reads, at most ${READS_OF_EXAM_MAX} are taken` };
  }
  const reads: { readonly order: bigint; readonly read: PickleValue }[] = [];
  for (const [at, item] of value.entries()) {
    const one = readRead(item, at);
    if ("wrong" in one) return { wrong: `[${at}]${one.wrong}` };
    if (reads.some(({ order }) => order === one.value.order)) {
      return { wrong: `[${at}].order is ${one.value.order} twice; number the reads 1, 2, 3` };
    }
    reads.push(one.value);
  }
  reads.sort((a, b) => Number(a.order - b.order));
  return { value: reads.length === 0 ? null : reads.map(({ read }) => read) };
}

function readRead(
  item: PickleValue,
  at: number,
): Reading<{ readonly order: bigint; readonly read: PickleValue }> {
  if (!(item instanceof Map)) return { wrong: ' is no dict; give {"reader", "recall"}' };
  const unknown = [...item.keys()].find((key) =>
    !["reader", "recall", "score", "order"].includes(key as string)
  );
  if (unknown !== undefined) {
    return { wrong: ` has the key ${told(String(unknown))}; give reader, recall, score, order` };
  }
  const field = (name: string): PickleValue => plain(item.get(name));
  const written = field("reader");
  const reader = typeof written === "string" ? written.trim() : String(written ?? "");
  if (reader === "" || reader.length > EXAM_ID_LENGTH_MAX || typeof written === "object") {
    return { wrong: `.reader ${stateOf(written)}; give a text of 1 to ${EXAM_ID_LENGTH_MAX}` };
  }
  const recall = readCall(field("recall"));
  if ("wrong" in recall) return { wrong: `.recall ${recall.wrong}` };
  const score = field("score");
  if (score !== null && !Number.isFinite(numberOf(score))) {
    return { wrong: `.score ${stateOf(score)}; give a number, or leave it out` };
  }
  const order = numberOf(field("order") ?? BigInt(at + 1));
  if (!Number.isInteger(order) || order < 1 || order > READS_OF_EXAM_MAX) {
    return { wrong: `.order ${stateOf(field("order"))}; give 1, 2, 3` };
  }
  const read = new Map<string, PickleValue>([["reader", reader], ["recall", recall.value]]);
  if (score !== null) read.set("score", numberOf(score));
  return { value: { order: BigInt(order), read: read.set("order", BigInt(order)) } };
}

function readCall(value: PickleValue): Reading<bigint> {
  const number = typeof value === "boolean" ? Number(value) : numberOf(value);
  if (number === 0 || number === 1) return { value: BigInt(number) };
  return { wrong: `${stateOf(value)}; give 1 for recall, 0 for none` };
}

/** Reads a value without side, or a dict of both breasts. */
function readByBreast<T extends PickleValue>(
  value: PickleValue,
  read: (value: PickleValue) => Reading<T | null>,
): Reading<PickleValue> {
  if (!(value instanceof Map)) return read(value);
  const unknown = [...value.keys()].find((key) => !LATERALITIES.includes(key as Laterality));
  if (unknown !== undefined) {
    return { wrong: `has the key ${told(String(unknown))}; give left and right` };
  }
  const sides = new Map<string, PickleValue>();
  for (const side of LATERALITIES) {
    const written = plain(value.get(side));
    const result = written === null ? { value: null } : read(written);
    if ("wrong" in result) return { wrong: `of the ${side} breast ${result.wrong}` };
    sides.set(side, result.value);
  }
  return { value: [...sides.values()].every((one) => one === null) ? null : sides };
}

function readDays(value: PickleValue): Reading<bigint> {
  const days = numberOf(value);
  if (Number.isInteger(days) && days >= 0 && days <= DAYS_MAX) return { value: BigInt(days) };
  return { wrong: `${stateOf(value)}; give whole days from 0 to ${DAYS_MAX}` };
}

function readDetection(value: PickleValue): Reading<string | null> {
  const word = typeof value === "string" ? value.trim().toLowerCase().replace(/[ -]/g, "_") : "";
  if ((DETECTIONS as readonly string[]).includes(word)) return { value: word };
  return { wrong: `${stateOf(value)}; give ${DETECTIONS.join(", ")}, or nothing` };
}

function readWeight(value: PickleValue): Reading<number> {
  const weight = numberOf(value);
  if (weight > 0 && Number.isFinite(weight)) return { value: weight };
  return { wrong: `${stateOf(value)}; give 1 / probability of selection, a number above 0` };
}

function readStratum(value: PickleValue): Reading<string> {
  const text = typeof value === "object" ? "" : String(value).trim();
  if (text !== "" && text.length <= EXAM_ID_LENGTH_MAX) return { value: text };
  return { wrong: `${stateOf(value)}; give a text of 1 to ${EXAM_ID_LENGTH_MAX} characters` };
}

function numberOf(value: PickleValue): number {
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "number") return value;
  const text = typeof value === "string" ? value.trim() : "";
  return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
}

function stateOf(value: PickleValue): string {
  if (value === null) return "is missing";
  if (typeof value === "string") return `is ${told(value)}`;
  return typeof value === "object" ? "is no single value" : `is ${String(value).slice(0, 40)}`;
}
