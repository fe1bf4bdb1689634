import type {
  PathwayMeasures,
  PathwayRequest,
  ScreeningPathway,
  ScreeningSimulation,
  ScreeningSweep,
  ScreeningToday,
  SimulationRequest,
} from "../../../shared/contracts/screening.ts";
import type { ScoreReport } from "../../../shared/contracts/scores.ts";
import type { SubgroupKey } from "../../../shared/contracts/subgroups.ts";
import {
  aggregateToExams,
  type Exam,
  examLabels,
  type Fault,
  faultOf,
} from "../../../shared/domain/mod.ts";
import { attributesOfList, defaultKeys, groupExams } from "../../../shared/subgroups/mod.ts";
import { loadExams, loadSamples, type SampleSource } from "../load_samples.ts";
import { truthRuleOf } from "../../../shared/contracts/truth.ts";
import { bootstrapOptions } from "../measure_options.ts";
import { CAVEATS } from "./caveats.ts";
import { type IntervalOptions, judge, type Measure, measure, measureToday } from "./measures.ts";
import { type PathwayRule, readsNeeded } from "./pathways.ts";
import { callOf, type Programme, readersRecall, readProgramme } from "./programme.ts";
import {
  type Counts,
  countsOfProfiles,
  kindsOfWomen,
  rowsOfExams,
  sweep,
  totalOf,
  wholeCounts,
} from "./tally.ts";
import { groupNames, type TunedExams, tuneThreshold } from "./tuned_thresholds.ts";

/** Request for a simulation. */
export interface SimulateRequest {
  readonly report: ScoreReport;
  /** Reports of the scores that thresholds are tuned on, matched by ID. */
  readonly tuning: readonly ScoreReport[];
  readonly request: SimulationRequest;
  /**
   * For a page: sweeps each kind at this many quantiles and omits pathways whose reads are not
   * recorded; null for neither.
   */
  readonly curves: number | null;
}

/** The simulation, or all errors that prevent it. */
export type SimulateOutcome =
  | {
    readonly ok: true;
    readonly simulation: ScreeningSimulation;
    readonly curves: readonly ScreeningSweep[];
  }
  | { readonly ok: false; readonly errors: readonly Fault[] };

/** A subgroup; `members` is 1 for its exams, in column order. */
interface Group {
  readonly key: string;
  readonly group: string | null;
  readonly members: Uint8Array;
}

/** Simulates pathways on the exams of a score. */
export async function simulateScreening(
  { report, tuning, request: asked, curves }: SimulateRequest,
  store: SampleSource,
): Promise<SimulateOutcome> {
  const exams = await loadExams(report, store);
  const request = curves === null || exams === null
    ? asked
    : { ...asked, ...possible(asked, exams) };
  const rules = request.pathways.map((pathway) => ruleOf(pathway, request.arbitration));
  const read = await loadProgramme(report, request, rules, store);
  if (!read.ok) return read;
  const { programme } = read;
  const others = new Map<string, TunedExams>();
  for (const one of tuning) {
    const other = await loadProgramme(one, request, rules, store);
    if (!other.ok) return other;
    others.set(one.id, tunedExamsOf(other.programme));
  }
  const divided = divide(programme, request.subgroups);
  if (!divided.ok) return divided;
  const { confidence = 0.95, replicates = 0, seed = 1 } = bootstrapOptions(request.bootstrap) ?? {};
  const options = { confidence, replicates, seed };
  try {
    const pathways = request.pathways.map((pathway, at) =>
      simulatePathway(pathway, rules[at]!, { programme, others, divided, options, request })
    );
    return {
      ok: true,
      simulation: {
        score: report.id,
        model: report.model,
        experiment: report.experiment,
        truth: programme.truth,
        women: programme.unit === "woman" ? new Set(programme.women).size : null,
        weighted: programme.weights !== null,
        confidence: options.confidence,
        baseline: today(programme, options.confidence),
        pathways,
        sweep: request.sweep && sweepOf(programme, request.sweep),
        caveats: [...CAVEATS],
      },
      curves: curves === null ? [] : curvesOf(programme, pathways, curves),
    };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { ok: false, errors: [faultOf({ code: "threshold_invalid", message: error.message })] };
  }
}

/** Data shared by all pathways of a request. */
interface Shared {
  readonly programme: Programme;
  readonly others: ReadonlyMap<string, TunedExams>;
  readonly divided: { readonly groups: readonly Group[] };
  readonly options: IntervalOptions;
  readonly request: SimulationRequest;
}

async function loadProgramme(
  report: ScoreReport,
  request: SimulationRequest,
  rules: readonly PathwayRule[],
  store: SampleSource,
): Promise<ReturnType<typeof readProgramme>> {
  const failed = (code: string, message: string): ReturnType<typeof readProgramme> => ({
    ok: false,
    errors: [faultOf({ code, message })],
  });
  const exams = await loadExams(report, store);
  if (exams === null) {
    return failed(
      "dataset_changed",
      `The exams of score ${report.id} are not what they were: score the predictions again`,
    );
  }
  const level = Object.hasOwn(report.levels, "exam") ? "exam" : "breast";
  const loaded = await loadSamples(report, level as "breast", store);
  if (!loaded.ok) return failed("samples_missing", loaded.reason);
  const samples = aggregateToExams(loaded.samples, examLabels(exams));
  const truth = request.truth ?? truthRuleOf(report);
  return readProgramme(samples, exams, truth, rules, request.weighted);
}

function ruleOf(pathway: PathwayRequest, arbitration: PathwayRule["arbitration"]): PathwayRule {
  return {
    kind: pathway.kind,
    arbitration: ("arbitration" in pathway ? pathway.arbitration : null) ?? arbitration,
    singleReader: "single_reader" in pathway ? pathway.single_reader : 1,
    ruledInRead: "ruled_in_read" in pathway ? pathway.ruled_in_read : true,
  };
}

function divide(
  { exams }: Programme,
  asked: SimulationRequest["subgroups"],
):
  | { readonly ok: true; readonly groups: readonly Group[] }
  | { readonly ok: false; readonly errors: readonly Fault[] } {
  if (asked === false) return { ok: true, groups: [] };
  const attributes = attributesOfList(exams);
  const keys: readonly SubgroupKey[] = asked === true ? defaultKeys(exams, attributes) : asked;
  const { groupings, errors } = groupExams(exams, keys, [attributes]);
  if (errors.length > 0) return { ok: false, errors };
  return {
    ok: true,
    groups: groupings.flatMap(({ key, groups }) =>
      groups.map(({ group, exams: members }) => ({
        key,
        group,
        members: Uint8Array.from(exams, ({ index }) => members.has(index) ? 1 : 0),
      }))
    ),
  };
}

function today(programme: Programme, confidence: number): ScreeningToday {
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

function simulatePathway(
  pathway: PathwayRequest,
  rule: PathwayRule,
  shared: Shared,
): ScreeningPathway {
  const { programme, divided, options, request } = shared;
  const asked = "low" in pathway ? [pathway.low, pathway.high] : [pathway.threshold];
  const source = {
    exams: tunedExamsOf(programme),
    groupsOf: (key: string) => groupNames(programme.exams, key),
    others: shared.others,
    confidence: options.confidence,
  };
  const [low, high = null] = asked.map((one) => tuneThreshold(one, source));
  const numbers = [low!, high ?? low!].map(({ value }) => value);
  if (numbers[0] !== null && numbers[1] !== null && numbers[0]! > numbers[1]!) {
    throw new RangeError(`pathways: low (${numbers[0]}) must not be above high (${numbers[1]})`);
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
  return {
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
}

function tunedExamsOf(
  { exams, scores, cancers, women, weights }: Programme,
): TunedExams {
  return { scores, cancers, women, weights, readersRecall: readersRecall(exams, weights) };
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

/** Sweeps every kind of pathway with one threshold. */
function curvesOf(
  programme: Programme,
  pathways: readonly ScreeningPathway[],
  thresholds: number,
): ScreeningSweep[] {
  const kinds = new Set(pathways.map(({ kind }) => kind).filter((kind) => kind !== "band_pass"));
  return [...kinds].map((kind) =>
    sweepOf(programme, { kind: kind as SweepRequest["kind"], thresholds })
  );
}

/** Keeps pathways whose reads every exam has; all pathways if none qualifies. */
function possible(
  { pathways, arbitration }: SimulationRequest,
  exams: readonly Exam[],
): Pick<SimulationRequest, "pathways"> {
  const has = [1, 2].filter((order) => exams.every((exam) => callOf(exam, order) !== null));
  const kept = pathways.filter((pathway) =>
    readsNeeded(ruleOf(pathway, arbitration)).every((order) => has.includes(order))
  );
  return kept.length === 0 ? { pathways } : { pathways: kept };
}

type SweepRequest = NonNullable<SimulationRequest["sweep"]>;

function sweepOf(programme: Programme, asked: SweepRequest): ScreeningSweep {
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
