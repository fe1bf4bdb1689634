import { limitsOf } from "../measures/difference_tests.ts";
import {
  multinomial,
  normalCdf,
  normalQuantile,
  type PairedCounts,
  pairedNonInferiority,
  quantile,
  stream,
  tango,
  tangoZ,
  twoSided,
  wilson,
} from "../statistics/mod.ts";
import { type Counts, named, totalOf, type WomanKind } from "./tally.ts";

export const MEASURES = [
  "workload_saved",
  "recall_rate",
  "detection_per_1000",
  "sensitivity",
  "sensitivity_screen",
  "specificity",
  "ppv1",
] as const;

export type Measure = typeof MEASURES[number];

interface Ratio {
  readonly of: readonly [(counts: Counts) => number, (counts: Counts) => number];
  readonly today: readonly [(counts: Counts) => number, (counts: Counts) => number];
  /** For paired shares: units that count in the pathway only, and today only. */
  readonly discordant?: readonly [(counts: Counts) => number, (counts: Counts) => number];
  readonly per?: number;
}

const found: Ratio["of"][0] = (c) => c.truePositives;
const foundToday: Ratio["of"][0] = (c) => c.todayTruePositives;
const healthy: Ratio["of"][0] = (c) => c.exams - c.cancers;
const screened: Ratio["of"][0] = (c) => c.cancers - c.intervalCancers;
const cancers: Ratio["discordant"] = [(c) => c.gained, (c) => c.lost];

const RATIOS: Readonly<Record<Measure, Ratio>> = {
  workload_saved: {
    of: [(c) => c.todayReads - c.reads, (c) => c.todayReads],
    today: [() => 0, (c) => c.todayReads],
  },
  recall_rate: {
    of: [(c) => c.recalls, (c) => c.exams],
    today: [(c) => c.todayRecalls, (c) => c.exams],
    discordant: [(c) => c.gained + c.falseNew, (c) => c.lost + c.falseAvoided],
  },
  detection_per_1000: {
    of: [found, (c) => c.exams],
    today: [foundToday, (c) => c.exams],
    discordant: cancers,
    per: 1000,
  },
  sensitivity: {
    of: [found, (c) => c.cancers],
    today: [foundToday, (c) => c.cancers],
    discordant: cancers,
  },
  sensitivity_screen: {
    of: [(c) => c.truePositives - c.intervalFound, screened],
    today: [(c) => c.todayTruePositives - c.intervalFoundToday, screened],
    discordant: [(c) => c.gained - c.intervalGained, (c) => c.lost - c.intervalLost],
  },
  specificity: {
    of: [(c) => healthy(c) - (c.recalls - c.truePositives), healthy],
    today: [(c) => healthy(c) - (c.todayRecalls - c.todayTruePositives), healthy],
    discordant: [(c) => c.falseAvoided, (c) => c.falseNew],
  },
  ppv1: { of: [found, (c) => c.recalls], today: [foundToday, (c) => c.todayRecalls] },
};

export interface IntervalOptions {
  readonly confidence: number;
  /** Replicates for measures that are not paired shares; 0 for a normal approximation. */
  readonly replicates: number;
  readonly seed: number;
}

export interface Measured {
  readonly value: number | null;
  readonly ci: Limits;
  readonly difference: {
    readonly value: number | null;
    readonly ci: Limits;
    /** Two-sided, for no difference. */
    readonly p: number | null;
  };
}

type Limits = [number, number] | null;

/** With more kinds × replicates than this, the normal approximation replaces replicates. */
const DRAWS_MAX = 5e7;

/**
 * Shares have Wilson's interval and their differences Tango's, with the effective sample size of independent women.
 * Workload, and the difference in PPV, use percentiles of replicates that draw women within strata.
 */
export function measure(
  kinds: readonly WomanKind[],
  options: IntervalOptions,
): Record<Measure, Measured> {
  const counts = kinds.map(({ row }) => named(row));
  const totals = totalOf(kinds);
  const replicated = replicate(kinds, counts, options);
  return Object.fromEntries(
    MEASURES.map((name) => {
      const { discordant } = RATIOS[name];
      return [
        name,
        discordant === undefined
          ? measureRatio(name, kinds, counts, totals, replicated?.[name as Replicated], options)
          : measureShare(name, kinds, counts, totals, options),
      ];
    }),
  ) as Record<Measure, Measured>;
}

export function measureToday(
  kinds: readonly WomanKind[],
  confidence: number,
): Record<Measure, Pick<Measured, "value" | "ci">> {
  const counts = kinds.map(({ row }) => named(row));
  const totals = totalOf(kinds);
  return Object.fromEntries(MEASURES.map((name) => {
    const { today, per = 1 } = RATIOS[name];
    const value = shareOf(today, totals);
    if (name === "workload_saved") return [name, { value, ci: null }];
    const ci = wilsonOf(value, today, kinds, counts, confidence);
    return [name, { value: value && value * per, ci: scaled(ci, per) }];
  })) as Record<Measure, Pick<Measured, "value" | "ci">>;
}

/** Whether a pathway is worse than today by less than a margin. */
export interface Verdict {
  readonly measure: Measure;
  readonly margin: number;
  /** Whether p is below half of 1 − confidence; null if undefined. */
  readonly holds: boolean | null;
  /** One-sided. */
  readonly p: number | null;
}

/** Tests non-inferiority by a margin above 0; a higher recall rate is worse, other measures lower. */
export function judge(
  name: Measure,
  margin: number,
  kinds: readonly WomanKind[],
  confidence: number,
): Verdict {
  const counts = kinds.map(({ row }) => named(row));
  const totals = totalOf(kinds);
  const { of, today, discordant, per = 1 } = RATIOS[name];
  const [value, before] = [shareOf(of, totals), shareOf(today, totals)];
  if (value === null || before === null) return { measure: name, margin, holds: null, p: null };
  const sign = name === "recall_rate" ? -1 : 1;
  const pairs = (): PairedCounts => {
    const paired = pairsOf(name, kinds, counts, totals);
    return sign === 1
      ? paired
      : { ...paired, firstOnly: paired.secondOnly, secondOnly: paired.firstOnly };
  };
  const error = Math.sqrt(varianceOf(differenceTerms(name, totals, counts), kinds));
  const p = discordant === undefined
    ? normalCdf(-(sign * (value - before) + margin) / error)
    : pairedNonInferiority(pairs(), margin / per).p;
  return { measure: name, margin, holds: p < (1 - confidence) / 2, p };
}

const NOTHING = { value: null, ci: null, difference: { value: null, ci: null, p: null } };

function measureShare(
  name: Measure,
  kinds: readonly WomanKind[],
  counts: readonly Counts[],
  totals: Counts,
  { confidence }: IntervalOptions,
): Measured {
  const { of, today, per = 1 } = RATIOS[name];
  const [value, before] = [shareOf(of, totals), shareOf(today, totals)];
  if (value === null || before === null) return NOTHING;
  const pairs = pairsOf(name, kinds, counts, totals);
  return {
    value: value * per,
    ci: scaled(wilsonOf(value, of, kinds, counts, confidence), per),
    difference: {
      value: (value - before) * per,
      ci: scaled(limitsOf(tango(pairs, confidence)), per),
      p: twoSided(tangoZ(pairs, 0)),
    },
  };
}

/** Paired counts, scaled to the effective number of independent women. */
function pairsOf(
  name: Measure,
  kinds: readonly WomanKind[],
  counts: readonly Counts[],
  totals: Counts,
): PairedCounts {
  const { of, discordant } = RATIOS[name];
  const held = of[1](totals);
  const [alone, todayAlone] = discordant!.map((count) => count(totals) / held) as [number, number];
  const difference = alone - todayAlone;
  const variance = varianceOf(differenceTerms(name, totals, counts), kinds);
  const holding = heldBy(of[1], kinds, counts);
  const size = variance > 0
    ? (alone + todayAlone - difference ** 2) / (variance * withoutCorrection(kinds))
    : holding;
  return {
    firstOnly: alone * size,
    secondOnly: todayAlone * size,
    both: (of[0](totals) / held - alone) * size,
    neither: Math.max(0, 1 - of[0](totals) / held - todayAlone) * size,
  };
}

function measureRatio(
  name: Measure,
  kinds: readonly WomanKind[],
  counts: readonly Counts[],
  totals: Counts,
  replicated: Replicates | undefined,
  { confidence }: IntervalOptions,
): Measured {
  const { of, today } = RATIOS[name];
  const [value, before] = [shareOf(of, totals), shareOf(today, totals)];
  const difference = value === null || before === null ? null : value - before;
  if (value === null) return NOTHING;
  const isShare = name === "ppv1";
  const normal = (terms: Float64Array, at: number): Limits => {
    const reach = normalQuantile((1 + confidence) / 2) * Math.sqrt(varianceOf(terms, kinds));
    return [at - reach, at + reach];
  };
  const terms = differenceTerms(name, totals, counts);
  const error = Math.sqrt(varianceOf(terms, kinds));
  return {
    value,
    ci: isShare
      ? wilsonOf(value, of, kinds, counts, confidence)
      : replicated?.ci ?? normal(termsOf(of, totals, counts), value),
    difference: {
      value: difference,
      ci: difference === null ? null : replicated?.ci ?? normal(terms, difference),
      p: difference === null
        ? null
        : replicated?.p ?? (error > 0 ? twoSided(difference / error) : 1),
    },
  };
}

type Replicated = "workload_saved" | "ppv1";
interface Replicates {
  readonly ci: Limits;
  readonly p: number;
}

/** Differences in replicates that draw women of each stratum with replacement. */
function replicate(
  kinds: readonly WomanKind[],
  counts: readonly Counts[],
  { replicates, seed, confidence }: IntervalOptions,
): Record<Replicated, Replicates | undefined> | null {
  if (replicates === 0 || kinds.length * replicates > DRAWS_MAX) return null;
  const byStratum = [...Map.groupBy(kinds.keys(), (at) => kinds[at]!.stratum).values()];
  const names = ["workload_saved", "ppv1"] as const;
  const parts = names.flatMap((name) => [...RATIOS[name].of, ...RATIOS[name].today]);
  const columns = parts.map((part) => Float64Array.from(counts, part));
  const strata = byStratum.map((places) => {
    const held = Int32Array.from(places, (at) => kinds[at]!.women);
    return { places, held, women: held.reduce((sum, count) => sum + count, 0) };
  });
  const drawn = new Int32Array(kinds.length);
  const differences = names.map(() => [] as number[]);
  for (let index = 0; index < replicates; index++) {
    const random = stream(seed, index);
    const sums = new Float64Array(parts.length);
    for (const { places, held, women } of strata) {
      drawn.fill(0, 0, places.length);
      multinomial(random, women, held, women, drawn);
      for (const [at, place] of places.entries()) {
        if (drawn[at] === 0) continue;
        for (let part = 0; part < sums.length; part++) {
          sums[part]! += drawn[at]! * columns[part]![place]!;
        }
      }
    }
    for (const [at, found] of differences.entries()) {
      const [above, below, aboveToday, belowToday] = sums.subarray(4 * at, 4 * at + 4);
      const difference = above! / below! - aboveToday! / belowToday!;
      if (Number.isFinite(difference)) found.push(difference);
    }
  }
  return Object.fromEntries(
    names.map((name, at) => [name, summarised(differences[at]!, replicates, confidence)]),
  ) as Record<Replicated, Replicates | undefined>;
}

function summarised(
  found: readonly number[],
  replicates: number,
  confidence: number,
): Replicates | undefined {
  // If the ratio is undefined in over 5 % of replicates, the rest are not representative.
  if (found.length < 0.95 * replicates) return undefined;
  const ascending = Float64Array.from(found).sort();
  const tail = (1 - confidence) / 2;
  const atMost = found.filter((value) => value <= 0).length + 1;
  const atLeast = found.filter((value) => value >= 0).length + 1;
  return {
    ci: [quantile(ascending, tail), quantile(ascending, 1 - tail)],
    p: Math.min(1, 2 * Math.min(atMost, atLeast) / (found.length + 1)),
  };
}

function shareOf([above, below]: Ratio["of"], totals: Counts): number | null {
  const held = below(totals);
  return held > 0 ? above(totals) / held : null;
}

/** Linearised contribution to a ratio of a woman of each kind. */
function termsOf(
  [above, below]: Ratio["of"],
  totals: Counts,
  counts: readonly Counts[],
): Float64Array {
  const held = below(totals);
  const ratio = above(totals) / held;
  return Float64Array.from(counts, (one) => (above(one) - ratio * below(one)) / held);
}

function differenceTerms(name: Measure, totals: Counts, counts: readonly Counts[]): Float64Array {
  const [now, today] = [
    termsOf(RATIOS[name].of, totals, counts),
    termsOf(RATIOS[name].today, totals, counts),
  ];
  return now.map((term, at) => term - today[at]!);
}

/** Removes the n / (n − 1) correction: independent women keep their number as effective size. */
function withoutCorrection(kinds: readonly WomanKind[]): number {
  const women = kinds.reduce((sum, kind) => sum + kind.women, 0);
  return (women - 1) / women;
}

/** Variance of a sum of terms over women, drawn with replacement within strata. */
function varianceOf(terms: Float64Array, kinds: readonly WomanKind[]): number {
  let variance = 0;
  for (const places of Map.groupBy(kinds.keys(), (at) => kinds[at]!.stratum).values()) {
    const women = places.reduce((sum, at) => sum + kinds[at]!.women, 0);
    if (women < 2) continue;
    const mean = places.reduce((sum, at) => sum + kinds[at]!.women * terms[at]!, 0) / women;
    const squares = places.reduce(
      (sum, at) => sum + kinds[at]!.women * (terms[at]! - mean) ** 2,
      0,
    );
    variance += women / (women - 1) * squares;
  }
  return variance;
}

function wilsonOf(
  value: number | null,
  ratio: Ratio["of"],
  kinds: readonly WomanKind[],
  counts: readonly Counts[],
  confidence: number,
): Limits {
  if (value === null) return null;
  const variance = varianceOf(termsOf(ratio, totalOf(kinds), counts), kinds);
  const size = value > 0 && value < 1 && variance > 0
    ? value * (1 - value) / (variance * withoutCorrection(kinds))
    : heldBy(ratio[1], kinds, counts);
  return limitsOf(wilson({ count: value * size, of: size }, confidence));
}

/** Number of women with a positive denominator. */
function heldBy(
  below: (counts: Counts) => number,
  kinds: readonly WomanKind[],
  counts: readonly Counts[],
): number {
  return kinds.reduce((sum, { women }, at) => sum + (below(counts[at]!) > 0 ? women : 0), 0);
}

function scaled(limits: Limits, per: number): Limits {
  return limits && [limits[0] * per, limits[1] * per];
}
