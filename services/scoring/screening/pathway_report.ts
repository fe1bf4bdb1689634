import type {
  LostCancer,
  PathwayMeasures,
  PathwayRequest,
  ScreeningPathway,
  ScreeningSweep,
  ScreeningToday,
  SimulationRequest,
} from "../../../shared/contracts/screening.ts";
import { LATERALITIES } from "../../../shared/domain/mod.ts";
import { MISSES_LISTED_MAX } from "../../../shared/limits.ts";
import { type IntervalOptions, judge, type Measure, measure, measureToday } from "./measures.ts";
import { atField } from "./field_error.ts";
import type { PathwayRule } from "./pathways.ts";
import { type Programme, readersRecall } from "./programme.ts";
import {
  type Counts,
  countsOfProfiles,
  kindsOfWomen,
  named,
  rowsOfExams,
  sweep,
  totalOf,
  wholeCounts,
} from "./tally.ts";
import { groupNames, type TunedExams, tuneThreshold } from "./tuned_thresholds.ts";

/** A subgroup; `members` is 1 for its exams, in column order. */
export interface Group {
  readonly key: string;
  readonly group: string | null;
  readonly members: Uint8Array;
}

export interface Shared {
  readonly programme: Programme;
  readonly others: ReadonlyMap<string, TunedExams>;
  readonly divided: { readonly groups: readonly Group[] };
  readonly options: IntervalOptions;
  readonly request: SimulationRequest;
  /** Field of the pathway in the request. */
  readonly place: string;
}

export type SweepRequest = NonNullable<SimulationRequest["sweep"]>;

/** The rule of a requested pathway; `arbitration` is the default of the request. */
export function ruleOf(
  pathway: PathwayRequest,
  arbitration: PathwayRule["arbitration"],
): PathwayRule {
  return {
    kind: pathway.kind,
    arbitration: ("arbitration" in pathway ? pathway.arbitration : null) ?? arbitration,
    singleReader: "single_reader" in pathway ? pathway.single_reader : 1,
    ruledInRead: "ruled_in_read" in pathway ? pathway.ruled_in_read : true,
  };
}

/** Measures what was decided without the model. */
export function today(programme: Programme, confidence: number): ScreeningToday {
  const rule = ruleOf({ kind: "rule_out", threshold: 0 }, "recorded_consensus");
  const rows = rowsOfExams(programme, { rule, low: -Infinity, high: null });
  const table = countsOfProfiles(rule, programme.profiles);
  const whole = wholeCounts(rows, table);
  const { workload_saved: _, ...shares } = measureToday(
    kindsOfWomen(programme, rows, table),
    confidence,
  );
  return { ...basicCounts(whole), ...shares };
}

function basicCounts(c: Counts): Omit<ScreeningToday, Measure> {
  return {
    exams: c.exams,
    cancers: c.cancers,
    reads: c.reads,
    arbitrations: c.arbitrations,
    recalls: c.recalls,
    true_positives: c.truePositives,
    false_positives: c.recalls - c.truePositives,
    cancers_missed: c.cancers - c.truePositives,
  };
}

function pathwayCounts(c: Counts): Omit<PathwayMeasures, Measure | "verdict" | "verdicts"> {
  return {
    ...basicCounts(c),
    arbitrations_without_record: c.lacking,
    found_today_now_missed: c.lost,
    missed_today_now_found: c.gained,
    false_recalls_avoided: c.falseAvoided,
    false_recalls_new: c.falseNew,
    interval_cancers_found: c.intervalFound,
  };
}

/** A pathway's measures, with what only a page shows. */
export interface SimulatedPathway {
  readonly pathway: ScreeningPathway;
  /** At most `MISSES_LISTED_MAX`, lowest scores first. */
  readonly lost: readonly LostCancer[];
}

/** @throws {RangeError} if a threshold cannot be chosen, or `low` is above `high` */
export function simulatePathway(
  pathway: PathwayRequest,
  rule: PathwayRule,
  shared: Shared,
): SimulatedPathway {
  const { programme, divided, options, request, place } = shared;
  const asked = "low" in pathway ? [pathway.low, pathway.high] : [pathway.threshold];
  const source = {
    exams: tunedExamsOf(programme),
    groupsOf: (key: string) => groupNames(programme.exams, key),
    others: shared.others,
    confidence: options.confidence,
  };
  const fields = "low" in pathway ? ["low", "high"] : ["threshold"];
  const [low, high = null] = asked.map((one, at) =>
    atField(`${place}.${fields[at]}`, () => tuneThreshold(one, source))
  );
  const numbers = [low!, high ?? low!].map(({ value }) => value);
  if (numbers[0] !== null && numbers[1] !== null && numbers[0]! > numbers[1]!) {
    throw new RangeError(`low (${numbers[0]}) must not be above high (${numbers[1]})`);
  }
  const reported = both(low!.reported, high?.reported ?? null);
  const rows = rowsOfExams(programme, { rule, low: low!.limits, high: high?.limits ?? null });
  const table = countsOfProfiles(rule, programme.profiles);
  const measureOf = (members: Uint8Array | null, replicates: number): PathwayMeasures => {
    const kinds = kindsOfWomen(programme, rows, table, members);
    const verdicts = Object.entries(request.margin).flatMap(([name, margin]) =>
      margin === undefined ? [] : [judge(name as Measure, margin, kinds, options.confidence)]
    );
    return {
      ...pathwayCounts(wholeCounts(rows, table, members)),
      ...measure(kinds, { ...options, replicates }),
      verdict: verdicts[0] ?? null,
      verdicts,
    };
  };
  const totals = totalOf(kindsOfWomen(programme, rows, table, reported));
  const measured: ScreeningPathway = {
    kind: rule.kind,
    threshold: "low" in pathway ? null : low!.value,
    low: "low" in pathway ? low!.value : null,
    high: high?.value ?? null,
    chosen: [...low!.chosen, ...high?.chosen ?? []],
    arbitration: rule.arbitration,
    single_reader: rule.singleReader,
    ruled_in_read: rule.ruledInRead,
    ...measureOf(reported, options.replicates),
    bands: bandsOf(programme, rows, reported),
    per_100000: scaledTo(100_000, totals),
    cost: costOf(totals, request),
    // No replicates here: for every group of every pathway they would dominate the run time.
    subgroups: divided.groups.map(({ key, group, members }) => ({
      key,
      group,
      ...measureOf(both(reported, members), 0),
    })),
  };
  return { pathway: measured, lost: lostCancers(programme, rows, table, reported) };
}

function lostCancers(
  { exams, scores }: Programme,
  rows: Uint32Array,
  table: readonly Float64Array[],
  members: Uint8Array | null,
): LostCancer[] {
  const loses = table.map((row) => named(row).lost > 0);
  return [...rows.keys()].filter((at) => loses[rows[at]!] && members?.[at] !== 0)
    .sort((a, b) => scores[a]! - scores[b]!).slice(0, MISSES_LISTED_MAX)
    .map((at) => ({
      exam: exams[at]!.id,
      laterality: LATERALITIES.find((side) => exams[at]!.malignant[side] === 1) ?? null,
      score: scores[at]!,
    }));
}

/** The exams that a threshold is chosen on. */
export function tunedExamsOf(
  { exams, scores, cancers, women, weights, truth }: Programme,
): TunedExams {
  const withinDays = truth?.within_days ?? null;
  return {
    scores,
    cancers,
    women,
    weights,
    withinDays,
    readersRecall: readersRecall(exams, weights),
  };
}

function both(one: Uint8Array | null, other: Uint8Array | null): Uint8Array | null {
  if (one === null || other === null) return one ?? other;
  return one.map((member, at) => member & other[at]!);
}

const BANDS = ["below", "between", "above"] as const;

function bandsOf(
  { profileOf, profiles }: Programme,
  rows: Uint32Array,
  members: Uint8Array | null,
): ScreeningPathway["bands"] {
  const bands = BANDS.map((band) => ({ band, exams: 0, cancers: 0, found_today: 0 }));
  for (const [exam, row] of rows.entries()) {
    if (members?.[exam] === 0) continue;
    const { cancer, consensus } = profiles[profileOf[exam]!]!;
    const band = bands[row % 3]!;
    band.exams += 1;
    band.cancers += cancer;
    band.found_today += cancer * consensus;
  }
  return bands;
}

function scaledTo(women: number, totals: Counts): ScreeningPathway["per_100000"] {
  const per = totals.exams === 0 ? 0 : women / totals.exams;
  return {
    reads: totals.reads * per,
    arbitrations: totals.arbitrations * per,
    recalls: totals.recalls * per,
    cancers_found: totals.truePositives * per,
    reads_saved: (totals.todayReads - totals.reads) * per,
  };
}

function costOf(totals: Counts, request: SimulationRequest): ScreeningPathway["cost"] {
  const { volume, cost_per_read: price } = request;
  if (volume === null && price === null) return null;
  const scaled = scaledTo(volume ?? 100_000, totals);
  return {
    volume: volume ?? 100_000,
    ...scaled,
    cost: scaled.reads * (price ?? 0),
    saved: scaled.reads_saved * (price ?? 0),
  };
}

/** Counts at each threshold, or at as many quantiles of the scores. */
export function sweepOf(programme: Programme, asked: SweepRequest): ScreeningSweep {
  const rule = ruleOf({ kind: asked.kind, threshold: 0 } as PathwayRequest, "recorded_consensus");
  const thresholds = typeof asked.thresholds === "number"
    ? quantilesOf(programme.scores, asked.thresholds)
    : asked.thresholds;
  return {
    kind: asked.kind,
    points: sweep(programme, rule, thresholds).map((counts, at) => ({
      threshold: thresholds[at]!,
      ...pathwayCounts(counts),
      workload_saved: counts.todayReads > 0 ? 1 - counts.reads / counts.todayReads : null,
    })),
  };
}

/** Distinct scores at about equal steps of rank, including minimum and maximum. */
function quantilesOf(scores: Float64Array, count: number): number[] {
  const ascending = scores.toSorted();
  return [
    ...new Set(
      Array.from(
        { length: count },
        (_, at) => ascending[Math.floor(at * (ascending.length - 1) / (count - 1))]!,
      ),
    ),
  ];
}
