import type { SubgroupKey } from "../contracts/subgroups.ts";
import { type Fault, faultOf, type JsonValue } from "../domain/mod.ts";
import { DECIMAL, isOutcomeColumn } from "../format/mod.ts";
import { SUBGROUPS_DEFAULT_MAX, SUBGROUPS_MAX } from "../limits.ts";
import type { Attributes, NamedExam } from "./attributes.ts";

export interface Grouping {
  readonly key: string;
  readonly source: Attributes["source"];
  /** Lower limits of all bins but the lowest; null if each value is a group. */
  readonly bins: readonly number[] | null;
  readonly negatives: "own" | "all";
  readonly groups: readonly ExamGroup[];
}

export interface ExamGroup {
  /** Name of the group; null: exams without a value. */
  readonly group: string | null;
  /** Indices in the data list. */
  readonly exams: ReadonlySet<number>;
}

/** Prefix of labels in a data list; each group by a label would contain a single class. */
const LABEL_PREFIX = "cancer_label.";
/** Missing values as pandas and spreadsheets write them. */
const MISSING = /^(?:|nan|none|null|n\/a)$/i;

/** Keys with 2 to `SUBGROUPS_DEFAULT_MAX` values shared by exams; none that follows from the truth. */
export function defaultKeys(exams: readonly NamedExam[], attributes: Attributes): SubgroupKey[] {
  return attributes.keys.filter((key) => {
    if (key.startsWith(LABEL_PREFIX) || isOutcomeColumn(key)) return false;
    const values = exams.map((exam) => attributes.valueOf(key, exam)).filter((value) =>
      !isMissing(value)
    );
    if (!values.every(isScalar)) return false;
    const different = new Set(values.map(textOf)).size;
    return different >= 2 && different <= SUBGROUPS_DEFAULT_MAX && different < values.length;
  }).map((key) => ({ key, bins: null, negatives: "own" }));
}

/**
 * Groups the exams by each key; exams without a value form the last group. The first source that has a key counts.
 * @returns one grouping per usable key, and one fault per unusable key
 */
export function groupExams(
  exams: readonly NamedExam[],
  keys: readonly SubgroupKey[],
  sources: readonly Attributes[],
): { readonly groupings: readonly Grouping[]; readonly errors: readonly Fault[] } {
  const groupings: Grouping[] = [];
  const errors: Fault[] = [];
  for (const asked of keys) {
    const source = sources.find((attributes) => attributes.keys.includes(asked.key));
    const outcome = source === undefined
      ? unknownKey(asked.key, sources)
      : groupByKey(exams, asked, source);
    if ("groups" in outcome) groupings.push(outcome);
    else errors.push(outcome);
  }
  return { groupings, errors };
}

function groupByKey(
  exams: readonly NamedExam[],
  { key, bins, negatives }: SubgroupKey,
  source: Attributes,
): Grouping | Fault {
  const found = new Map<string | null, Set<number>>();
  for (const exam of exams) {
    const value = source.valueOf(key, exam);
    if (!isScalar(value)) {
      const message =
        `Exam ${exam.id}: ${key} is not text, a number or a boolean and cannot form subgroups`;
      return faultOf({ exam: exam.id, field: key, code: "subgroup_not_scalar", message });
    }
    if (bins !== null && !isMissing(value) && numberOf(value) === null) {
      const message =
        `Exam ${exam.id}: ${key} is ${JSON.stringify(value)}, not a number, and fits ` +
        `no bin: remove the bins, or correct the value`;
      return faultOf({ exam: exam.id, field: key, code: "subgroup_not_numeric", message });
    }
    const group = groupOf(value, bins);
    const members = found.get(group) ?? new Set();
    found.set(group, members.add(exam.index));
  }
  if (found.size > SUBGROUPS_MAX) {
    const message = `${key} has ${found.size} different values, more than the ${SUBGROUPS_MAX} ` +
      `allowed groups of a key: give bins, as in {"key":${JSON.stringify(key)},"bins":[50,60]}`;
    return faultOf({ field: key, code: "subgroup_too_many", message });
  }
  const groups = [...found].map(([group, members]) => ({ group, exams: members }));
  return { key, source: source.source, bins, negatives, groups: groups.sort(inOrder(bins)) };
}

function groupOf(value: JsonValue, bins: readonly number[] | null): string | null {
  if (isMissing(value)) return null;
  if (bins === null) return textOf(value);
  return binNames(bins)[bins.filter((limit) => numberOf(value)! >= limit).length]!;
}

function binNames(bins: readonly number[]): string[] {
  const between = bins.slice(1).map((limit, at) => `${bins[at]} to < ${limit}`);
  return [`< ${bins[0]}`, ...between, `≥ ${bins.at(-1)}`];
}

/** Orders bins ascending, numbers by size, texts by code point; the group without a value comes last. */
function inOrder(bins: readonly number[] | null): (a: ExamGroup, b: ExamGroup) => number {
  const names = bins === null ? [] : binNames(bins);
  return ({ group: a }, { group: b }) => {
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    if (bins !== null) return names.indexOf(a) - names.indexOf(b);
    const [x, y] = [numberOf(a), numberOf(b)];
    if (x !== null && y !== null && x !== y) return x - y;
    return a < b ? -1 : 1;
  };
}

function unknownKey(key: string, sources: readonly Attributes[]): Fault {
  const known = sources.flatMap(({ keys }) => keys);
  const message = known.length === 0
    ? `There is no key ${
      JSON.stringify(key)
    }: the exams have no additional keys; add it to the data list or a side table`
    : `There is no key ${JSON.stringify(key)}: the exams have ${known.join(", ")}`;
  return faultOf({ field: key, code: "subgroup_unknown", message });
}

function isScalar(value: JsonValue): boolean {
  return value === null || typeof value !== "object";
}

function isMissing(value: JsonValue): boolean {
  return value === null || (typeof value === "string" && MISSING.test(value.trim()));
}

function textOf(value: JsonValue): string {
  return String(value).trim();
}

function numberOf(value: JsonValue): number | null {
  if (typeof value === "number") return value;
  if (typeof value !== "string" || !DECIMAL.test(value.trim())) return null;
  return Number(value);
}
