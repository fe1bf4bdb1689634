import { type Band, decide, type PathwayRule, type Profile } from "./pathways.ts";

/** What is counted per exam, in row order. */
export const COUNTED = [
  "exams",
  "cancers",
  "reads",
  "arbitrations",
  "lacking",
  "recalls",
  "truePositives",
  "todayReads",
  "todayRecalls",
  "todayTruePositives",
  "lost",
  "gained",
  "falseAvoided",
  "falseNew",
  "intervalCancers",
  "intervalFound",
  "intervalFoundToday",
  "intervalGained",
  "intervalLost",
] as const;

export type Counted = typeof COUNTED[number];

/** Counts by name; weighted if exams have weights. */
export type Counts = Readonly<Record<Counted, number>>;

export interface ProgrammeExams {
  readonly scores: Float64Array;
  /** Index in `profiles` of each exam's profile. */
  readonly profileOf: Uint32Array;
  readonly profiles: readonly Profile[];
  /** The woman of each exam, numbered from 0. */
  readonly women: Int32Array;
  /** Inverse selection probability of each exam; null if all are 1. */
  readonly weights: Float64Array | null;
  /** The stratum of each exam, numbered from 0; null if there is one. */
  readonly strata: Int32Array | null;
}

/** A pathway with the thresholds of each exam. */
export interface ThresholdedPathway {
  readonly rule: PathwayRule;
  /** Scores below it are in band `below`. One for all exams, or one per exam. */
  readonly low: number | Float64Array;
  /** Scores at or above it are in band `above`; null: same as `low`. */
  readonly high: number | Float64Array | null;
}

const BANDS: readonly Band[] = ["below", "between", "above"];
const [BELOW, BETWEEN, ABOVE] = [0, 1, 2];

/** Counts by profile and band: profile p in band b has row 3 p + b. */
export function countsOfProfiles(rule: PathwayRule, profiles: readonly Profile[]): Float64Array[] {
  return profiles.flatMap((profile) =>
    BANDS.map((band) => {
      const { included, recall, reads, arbitration, lacking } = decide(rule, profile, band);
      const { cancer, consensus, interval } = profile;
      const row: Record<Counted, number> = {
        exams: included,
        cancers: included * cancer,
        reads: included * reads,
        arbitrations: included * arbitration,
        lacking,
        recalls: included * recall,
        truePositives: included * recall * cancer,
        todayReads: included * profile.reads,
        todayRecalls: included * consensus,
        todayTruePositives: included * consensus * cancer,
        lost: included * cancer * consensus * (1 - recall),
        gained: included * cancer * (1 - consensus) * recall,
        falseAvoided: included * (1 - cancer) * consensus * (1 - recall),
        falseNew: included * (1 - cancer) * (1 - consensus) * recall,
        intervalCancers: included * interval,
        intervalFound: included * interval * recall,
        intervalFoundToday: included * interval * consensus,
        intervalGained: included * interval * (1 - consensus) * recall,
        intervalLost: included * interval * consensus * (1 - recall),
      };
      return Float64Array.from(COUNTED, (name) => row[name]);
    })
  );
}

/** Assigns every exam to a band; returns its row in {@linkcode countsOfProfiles}. */
export function rowsOfExams(
  { scores, profileOf }: ProgrammeExams,
  { low, high }: ThresholdedPathway,
): Uint32Array {
  const limit = (of: number | Float64Array, exam: number): number =>
    typeof of === "number" ? of : of[exam]!;
  return Uint32Array.from(profileOf, (profile, exam) => {
    const score = scores[exam]!;
    const band = score >= limit(high ?? low, exam)
      ? ABOVE
      : score < limit(low, exam)
      ? BELOW
      : BETWEEN;
    return 3 * profile + band!;
  });
}

/** Counts at many thresholds in any order: sorts once, so each exam changes its band once. */
export function sweep(
  exams: ProgrammeExams,
  rule: PathwayRule,
  thresholds: readonly number[],
): Counts[] {
  const table = countsOfProfiles(rule, exams.profiles);
  const { scores, profileOf } = exams;
  const sorted = new Uint32Array(scores.length).map((_, at) => at)
    .sort((a, b) => scores[a]! - scores[b]!);
  const sums = new Float64Array(COUNTED.length);
  const add = (exam: number, band: number, sign: number): void => {
    const row = table[3 * profileOf[exam]! + band]!;
    for (let at = 0; at < sums.length; at++) sums[at]! += sign * row[at]!;
  };
  for (let exam = 0; exam < scores.length; exam++) add(exam, ABOVE!, 1);
  const found = new Map<number, Counts>();
  let next = 0;
  for (const threshold of thresholds.toSorted((a, b) => a - b)) {
    for (; next < sorted.length && scores[sorted[next]!]! < threshold; next++) {
      add(sorted[next]!, ABOVE!, -1);
      add(sorted[next]!, BELOW!, 1);
    }
    found.set(threshold, named(sums));
  }
  return thresholds.map((threshold) => found.get(threshold)!);
}

/** Women of one stratum with the same counts. */
export interface WomanKind {
  readonly women: number;
  readonly stratum: number;
  /** Weighted counts per woman, in the order of {@linkcode COUNTED}. */
  readonly row: Float64Array;
}

/**
 * Groups women with the same counts: enough for values, intervals and replicates. A woman is one cluster in each
 * stratum that she has exams in.
 * @param rows by {@linkcode rowsOfExams}, of the table by {@linkcode countsOfProfiles}
 */
export function kindsOfWomen(
  { women, weights, strata }: ProgrammeExams,
  rows: Uint32Array,
  table: readonly Float64Array[],
  members: Uint8Array | null = null,
): WomanKind[] {
  const { designOf, designs } = designsOf(rows.length, weights, strata);
  const { order, starts } = examsByWoman(women);
  const places = new Map<string | number, number>();
  const found: { women: number; readonly cells: readonly number[] }[] = [];
  const add = (key: string | number, cells: readonly number[]): void => {
    const place = places.get(key);
    if (place === undefined) places.set(key, found.push({ women: 1, cells }) - 1);
    else found[place]!.women++;
  };
  for (let woman = 0; woman + 1 < starts.length; woman++) {
    const cells: number[] = [];
    for (let at = starts[woman]!; at < starts[woman + 1]!; at++) {
      const exam = order[at]!;
      if (members?.[exam] !== 0) cells.push(designOf[exam]! * table.length + rows[exam]!);
    }
    const stratumOf = (cell: number): number => designs[Math.floor(cell / table.length)]!.stratum;
    if (cells.length === 1) add(cells[0]!, cells);
    else {for (const one of Map.groupBy(cells.sort((a, b) => a - b), stratumOf).values()) {
        add(one.join(), one);
      }}
  }
  return found.map(({ women, cells }) => {
    const row = new Float64Array(COUNTED.length);
    let stratum = 0;
    for (const cell of cells) {
      const design = designs[Math.floor(cell / table.length)]!;
      ({ stratum } = design);
      const counted = table[cell % table.length]!;
      for (let at = 0; at < row.length; at++) row[at]! += design.weight * counted[at]!;
    }
    return { women, stratum, row };
  });
}

/** The distinct pairs of stratum and weight, and that of each exam. */
function designsOf(
  exams: number,
  weights: Float64Array | null,
  strata: Int32Array | null,
): { designOf: Uint32Array; designs: { stratum: number; weight: number }[] } {
  const designs: { stratum: number; weight: number }[] = [];
  const places = new Map<string, number>();
  const designOf = new Uint32Array(exams);
  for (let exam = 0; exam < exams; exam++) {
    const [stratum, weight] = [strata?.[exam] ?? 0, weights?.[exam] ?? 1];
    const key = `${stratum}|${weight}`;
    const place = places.get(key) ?? designs.push({ stratum, weight }) - 1;
    places.set(key, place);
    designOf[exam] = place;
  }
  return { designOf, designs };
}

/** The exams in the order of their women; those of woman w are from `starts[w]` to before `starts[w + 1]`. */
function examsByWoman(women: Int32Array): { order: Uint32Array; starts: Uint32Array } {
  const starts = new Uint32Array(women.reduce((most, woman) => Math.max(most, woman), -1) + 2);
  for (const woman of women) starts[woman + 1]! += 1;
  for (let woman = 1; woman < starts.length; woman++) starts[woman]! += starts[woman - 1]!;
  const next = starts.slice();
  const order = new Uint32Array(women.length);
  for (let exam = 0; exam < women.length; exam++) order[next[women[exam]!]!++] = exam;
  return { order, starts };
}

/** Sums the exams without weights; `members` selects exams, null all. */
export function wholeCounts(
  rows: Uint32Array,
  table: readonly Float64Array[],
  members: Uint8Array | null = null,
): Counts {
  const times = new Float64Array(table.length);
  for (let exam = 0; exam < rows.length; exam++) {
    if (members?.[exam] !== 0) times[rows[exam]!]! += 1;
  }
  const sums = new Float64Array(COUNTED.length);
  for (const [place, row] of table.entries()) {
    if (times[place] === 0) continue;
    for (let at = 0; at < sums.length; at++) sums[at]! += times[place]! * row[at]!;
  }
  return named(sums);
}

/** Names the counts of a row in the order of {@linkcode COUNTED}. */
export function named(row: Float64Array): Counts {
  return Object.fromEntries(COUNTED.map((name, at) => [name, row[at]!])) as Record<Counted, number>;
}

/** Sums the weighted counts of all women. */
export function totalOf(kinds: readonly WomanKind[]): Counts {
  const sums = new Float64Array(COUNTED.length);
  for (const { women, row } of kinds) {
    for (let at = 0; at < sums.length; at++) sums[at]! += women * row[at]!;
  }
  return named(sums);
}
