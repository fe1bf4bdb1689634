import type {
  AnalysisRequest,
  AnalysisResult,
  ScoreAnalysis,
} from "../../../shared/contracts/score_analyses.ts";
import type { ScoreReport } from "../../../shared/contracts/scores.ts";
import type { ThresholdRequest } from "../../../shared/contracts/thresholds.ts";
import { horizonsOf, truthRuleOf } from "../../../shared/contracts/truth.ts";
import { type Fault, faultOf, followUpOf } from "../../../shared/domain/mod.ts";
import type { SampleSource } from "../samples/load_samples.ts";
import { clustersOf } from "../samples/sample_clusters.ts";
import { weightsOf } from "../samples/exam_weights.ts";
import { detectionsOf } from "../screening/programme.ts";
import { atField, faultOfField } from "../screening/field_error.ts";
import {
  foldsOf,
  groupNames,
  type TunedExams,
  tuneThreshold,
} from "../screening/tuned_thresholds.ts";
import { designOf, tooFewClusters } from "../statistics/mod.ts";
import {
  describeDesign,
  type DesignSample,
  designShare,
  judgeProbabilities,
  measureAreas,
  measureCalls,
  unjudged,
} from "../measures/design_measures.ts";
import { measureCensoredBenefit, measureNetBenefit } from "../measures/net_benefit.ts";
import { type LabelledScore, levelAsked, loadLabelled, tunedOf } from "./labelled_score.ts";
import {
  fitIsotonicMap,
  fitLogisticMap,
  type FittedOn,
  type Recalibration,
} from "./recalibrate.ts";

/** Request for an analysis. */
export interface AnalyseRequest {
  readonly report: ScoreReport;
  /** Reports of the scores that thresholds are tuned on. */
  readonly tuning: readonly ScoreReport[];
  readonly request: AnalysisRequest;
}

/** The analysis, or all errors that prevent it. */
export type AnalyseOutcome =
  | { readonly ok: true; readonly analysis: ScoreAnalysis }
  | { readonly ok: false; readonly errors: readonly Fault[] };

/** Measures a score for decisions: weighted, at horizons, at thresholds chosen on other women. */
export async function analyseScore(
  { report, tuning, request }: AnalyseRequest,
  store: SampleSource,
): Promise<AnalyseOutcome> {
  const level = levelAsked(request.level, report);
  const { weighted } = request;
  if (request.net_benefit?.censoring === "kaplan_meier") {
    const message = level !== "exam"
      ? "Censoring kaplan_meier follows exams, not their breasts or images: ask for level exam"
      : request.truth === null
      ? "Censoring kaplan_meier needs a horizon: give truth"
      : truthRuleOf(report) !== null
      ? "The score lacks the exams that its rule left out: give a score with the labels of the list"
      : null;
    const field = "net_benefit.censoring";
    if (message !== null) {
      return { ok: false, errors: [faultOf({ code: "censoring_invalid", message, field })] };
    }
  }
  const options = { level, horizons: horizonsOf(request.truth), weighted };
  const loaded = await loadLabelled(report, options, store);
  if (!loaded.ok) return loaded;
  const others = new Map<string, readonly LabelledScore[]>();
  for (const one of tuning) {
    const other = await loadLabelled(one, options, store);
    if (!other.ok) return other;
    others.set(one.id, other.labelled);
  }
  try {
    const results = loaded.labelled.map((labelled, at) =>
      analyse(labelled, request, new Map([...others].map(([id, all]) => [id, all[at]!])))
    );
    const { clusters, unit } = clustersOf(loaded.labelled[0]!.samples);
    return {
      ok: true,
      analysis: {
        score: report.id,
        level,
        model: report.model,
        experiment: report.experiment,
        women: unit === "woman" ? new Set(clusters).size : null,
        confidence: request.confidence,
        results,
      },
    };
  } catch (error) {
    return { ok: false, errors: [faultOfField("threshold_invalid", error)] };
  }
}

/** The samples of a score as columns, with the design. */
interface Columns extends LabelledScore {
  readonly sample: DesignSample;
  readonly women: Int32Array;
  readonly tuned: TunedExams;
}

function columnsOf(labelled: LabelledScore, request: AnalysisRequest): Columns {
  const { samples, exams } = labelled;
  if (samples.length === 0) throw new RangeError("No sample is left: none has a truth");
  const { clusters, unit } = clustersOf(samples);
  const labels = Uint8Array.from(samples, ({ label }) => label);
  const { weights, strata } = weightsOf(exams, request.weighted);
  const sample = {
    scores: Float64Array.from(samples, ({ score }) => score),
    labels,
    few: tooFewClusters(labels, clusters, unit),
    weighted: weights !== null,
    confidence: request.confidence,
    design: designOf(
      weights ?? new Float64Array(samples.length).fill(1),
      request.clustered ? clusters : null,
      request.stratified ? strata : null,
    ),
  };
  return { ...labelled, sample, women: clusters, tuned: tunedOf(labelled, request.weighted) };
}

function analyse(
  labelled: LabelledScore,
  request: AnalysisRequest,
  others: ReadonlyMap<string, LabelledScore>,
): AnalysisResult {
  const columns = columnsOf(labelled, request);
  const { sample } = columns;
  const { labels } = sample;
  const elsewhere = new Map([...others].map(([id, other]) => [id, columnsOf(other, request)]));
  return {
    truth: labelled.truth,
    count: labels.length,
    positives: labels.reduce((sum, label) => sum + label, 0),
    design: describeDesign(sample),
    prevalence: designShare(labels, labels.map(() => 1), sample),
    ...measureAreas(sample, request.partial_auc),
    ...judgeProbabilities(sample),
    thresholds: request.thresholds.map((asked, at) =>
      atField(`thresholds.${at}`, () => measureThreshold(asked, columns, elsewhere, request))
    ),
    net_benefit: request.net_benefit && netBenefitOf(columns, request.net_benefit, request),
    recalibration: request.recalibration &&
      atField("recalibration", () => recalibrate(columns, elsewhere, request)),
  };
}

function netBenefitOf(
  { truth, sample, followed }: Columns,
  { thresholds, prevalence, censoring }: NonNullable<AnalysisRequest["net_benefit"]>,
  request: AnalysisRequest,
): AnalysisResult["net_benefit"] {
  if (censoring === "leave_out") return measureNetBenefit(sample, thresholds, prevalence);
  const { samples, exams } = followed;
  const outcomes = exams.map((exam) => followUpOf(exam)!);
  const all = columnsOf({ truth, samples, exams, followed }, request).sample;
  return measureCensoredBenefit(all, thresholds, truth!.within_days, {
    days: Float64Array.from(outcomes, ({ days }) => days),
    events: Uint8Array.from(outcomes, ({ cancer }) => cancer),
  });
}

function measureThreshold(
  asked: ThresholdRequest,
  columns: Columns,
  others: ReadonlyMap<string, Columns>,
  request: AnalysisRequest,
): AnalysisResult["thresholds"][number] {
  const { exams, tuned } = columns;
  const { value, limits, reported, chosen } = tuneThreshold(asked, {
    exams: tuned,
    groupsOf: (key) => groupNames(exams, key),
    others: new Map([...others].map(([id, other]) => [id, other.tuned])),
    confidence: request.confidence,
  });
  const isReported = reported ?? new Uint8Array(exams.length).fill(1);
  const kept = keptOf(columns, isReported, request);
  const limitOf = (at: number): number => typeof limits === "number" ? limits : limits[at]!;
  const places = [...isReported.keys()].filter((at) => isReported[at] === 1);
  const called = Uint8Array.from(places, (at) => tuned.scores[at]! >= limitOf(at) ? 1 : 0);
  const detections = new Map<string, { positives: number; called: number }>();
  for (const [at, place] of places.entries()) {
    if (kept.sample.labels[at] !== 1) continue;
    for (const name of new Set(detectionsOf(exams[place]!))) {
      const held = detections.get(name) ?? { positives: 0, called: 0 };
      detections.set(name, { positives: held.positives + 1, called: held.called + called[at]! });
    }
  }
  return {
    threshold: value,
    chosen: [...chosen],
    count: called.length,
    ...measureCalls(called, kept.sample),
    by_detection: [...detections].map(([detection, held]) => ({ detection, ...held })),
  };
}

/** The marked samples alone; `scores` replaces their scores. */
function keptOf(
  { truth, samples, exams, followed }: Columns,
  marked: Uint8Array,
  request: AnalysisRequest,
  scores?: Float64Array,
): Columns {
  const keep = <T>(of: readonly T[]): T[] => of.filter((_, at) => marked[at] === 1);
  const scored = scores === undefined
    ? samples
    : samples.map((sample, at) => ({ ...sample, score: scores[at]! }));
  return columnsOf({ truth, samples: keep(scored), exams: keep(exams), followed }, request);
}

const METHODS = [["logistic", fitLogisticMap], ["isotonic", fitIsotonicMap]] as const;

function recalibrate(
  columns: Columns,
  others: ReadonlyMap<string, Columns>,
  request: AnalysisRequest,
): AnalysisResult["recalibration"] {
  const { tune } = request.recalibration!;
  const { sample: { scores }, women, exams } = columns;
  const other = "score" in tune ? others.get(tune.score)! : null;
  const groups = "share" in tune && tune.stratify_by !== null
    ? groupNames(exams, tune.stratify_by)
    : null;
  const folds = "score" in tune
    ? [{ tuning: null, applied: new Uint8Array(scores.length).fill(1) }]
    : foldsOf(tune, women, groups);
  const mapped = new Map(METHODS.map(([method]) => [method, new Float64Array(scores.length)]));
  const judged = new Uint8Array(scores.length);
  const failed = new Map<string, string>();
  for (const { tuning, applied } of folds) {
    const { sample: from } = other ?? keptOf(columns, tuning!, request);
    const on = { scores: from.scores, labels: from.labels, weights: from.design.weights };
    const maps = METHODS.map(([method, fit]) => [method, fitted(fit, on)] as const);
    for (const [method, map] of maps) if (typeof map === "string") failed.set(method, map);
    for (const [at, isApplied] of applied.entries()) {
      if (isApplied === 0) continue;
      judged[at] = 1;
      for (const [method, map] of maps) {
        if (typeof map !== "string") mapped.get(method)![at] = map(scores[at]!);
      }
    }
  }
  return [["none", scores] as const, ...mapped].map(([method, values]) => {
    const { sample } = keptOf(columns, judged, request, values);
    const reason = failed.get(method);
    const measured = reason === undefined ? judgeProbabilities(sample) : unjudged(reason);
    return { method, count: sample.labels.length, ...measured };
  });
}

/** The fitted map, or why there is none. */
function fitted(fit: (on: FittedOn) => Recalibration, on: FittedOn): Recalibration | string {
  try {
    return fit(on);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return error.message;
  }
}
