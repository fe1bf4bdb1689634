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

/** Name of a count. */
export type Counted = typeof COUNTED[number];

/** Counts by name; weighted if exams have weights. */
export type Counts = Readonly<Record<Counted, number>>;

/** The exams of a programme, column by column. */
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

/** Bands by number. */
const BANDS: readonly Band[] = ["below", "between", "above"];
const [BELOW, BETWEEN, ABOVE] = [0, 1, 2];

/**
 * Computes the counts of exams by profile and band.
 * @returns one row of counts per profile and band: profile p in band b has row 3 p + b
 */
export function countsOfProfiles(
  rule: PathwayRule,
  profiles: readonly Profile[],
): Float64Array[] {
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

/**
 * Counts a single-threshold pathway at many thresholds: sorts once, so each exam changes its band once.
 * @param thresholds in any order
 */
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
 * Groups women with the same counts in a pathway: enough for values, intervals and replicates.
 * @param rows the row of each exam, by {@linkcode rowsOfExams}
 * @param table the rows, by {@linkcode countsOfProfiles}
 * @param members which exams count; null for all
 */
export function kindsOfWomen(
  { women, weights, strata }: ProgrammeExams,
  rows: Uint32Array,
  table: readonly Float64Array[],
  members: Uint8Array | null = null,
): WomanKind[] {
  const ofWoman = new Map<number, string>();
  const single = new Map<string, number>();
  for (let exam = 0; exam < rows.length; exam++) {
    if (members?.[exam] === 0) continue;
    const cell = `${strata?.[exam] ?? 0}|${rows[exam]}|${weights?.[exam] ?? 1}`;
    const woman = women[exam]!;
    const earlier = ofWoman.get(woman);
    ofWoman.set(woman, earlier === undefined ? cell : `${earlier};${cell}`);
  }
  for (const cells of ofWoman.values()) {
    // A woman is one cluster in each stratum that she has exams in.
    const byStratum = cells.includes(";")
      ? Map.groupBy(cells.split(";").sort(), (cell) => cell.slice(0, cell.indexOf("|")))
      : null;
    for (const key of byStratum === null ? [cells] : byStratum.values()) {
      const text = typeof key === "string" ? key : key.join(";");
      single.set(text, (single.get(text) ?? 0) + 1);
    }
  }
  return [...single].map(([cells, count]) => {
    const row = new Float64Array(COUNTED.length);
    let stratum = 0;
    for (const cell of cells.split(";")) {
      const [of, place, weight] = cell.split("|").map(Number) as [number, number, number];
      stratum = of;
      const counted = table[place]!;
      for (let at = 0; at < row.length; at++) row[at]! += weight * counted[at]!;
    }
    return { women: count, stratum, row };
  });
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
