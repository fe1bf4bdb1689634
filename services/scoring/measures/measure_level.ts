import type {
  CalibrationReport,
  LevelReport,
  OperatingPointReport,
} from "../../../shared/contracts/scores.ts";
import type { OperatingPointRequest } from "../../../shared/contracts/scoring_options.ts";
import type { Sample } from "../../../shared/domain/mod.ts";
import type { MeasureOptions } from "./measure_options.ts";
import { measureWeighted } from "./weighted_level.ts";
import { clustersOf, type SampleClusters } from "../samples/sample_clusters.ts";
import { runReplicates } from "../replicate_workers/run_replicates.ts";
import {
  type AreaName,
  auprc,
  auroc,
  averagePrecision,
  bootstrapAreas,
  type BootstrapIntervals,
  type BootstrapOptions,
  brier,
  brierInterval,
  calibration,
  type CalibrationCoefficient,
  clusteredDelong,
  type ClusteredSample,
  countAtThresholds,
  type CountedPointShare,
  delong,
  type Estimate,
  type Interval,
  noIntervals,
  type OperatingPoint,
  operatingPoint,
  type PointShare,
  type ReweightedPointShare,
  scoreHistogram,
  tooFewClusters,
} from "../statistics/mod.ts";

/** Confidence of the intervals if no bootstrap was requested. */
const DEFAULT_CONFIDENCE = 0.95;

/** One measured level, without plots. */
export interface MeasuredLevel {
  readonly scores: Float64Array;
  readonly labels: Uint8Array;
  readonly confidence: number;
  readonly report: Omit<LevelReport, "plots">;
}

/** Scores and labels of a level, clustered by woman, or by exam if women are unknown. */
interface LevelSample extends SampleClusters {
  readonly scores: Float64Array;
  readonly labels: Uint8Array;
  /** The exam of each sample. */
  readonly exams: Int32Array;
}

/** Measures one level. */
export async function measureLevel(
  samples: readonly Sample[],
  options: MeasureOptions,
  reason: string | null = null,
): Promise<MeasuredLevel> {
  const measured = await measureSamples(samples, options);
  return reason === null
    ? measured
    : { ...measured, report: { ...undefinedFor(measured.report, reason), undefined: reason } };
}

/** Replaces all other reasons, which are about too few samples. */
function undefinedFor<T>(value: T, reason: string): T {
  const visit = (inside: unknown, key = ""): unknown =>
    key === "undefined"
      ? inside === null ? null : reason
      : Array.isArray(inside)
      ? inside.map((part) => visit(part))
      : typeof inside === "object" && inside !== null
      ? Object.fromEntries(Object.entries(inside).map(([name, part]) => [name, visit(part, name)]))
      : inside;
  return visit(value) as T;
}

async function measureSamples(
  samples: readonly Sample[],
  options: MeasureOptions,
): Promise<MeasuredLevel> {
  const scores = Float64Array.from(samples, ({ score }) => score);
  const labels = Uint8Array.from(samples, ({ label }) => label);
  const exams = Int32Array.from(samples, ({ examIndex }) => examIndex);
  const sample = { scores, labels, exams, ...clustersOf(samples) };
  const confidence = options.bootstrap?.confidence ?? DEFAULT_CONFIDENCE;
  return {
    scores,
    labels,
    confidence,
    report: {
      count: samples.length,
      positives: labels.reduce((sum, label) => sum + label, 0),
      exams: new Set(exams).size,
      exams_positive: new Set(exams.filter((_, at) => labels[at] === 1)).size,
      women: sample.unit === "woman" ? new Set(sample.clusters).size : null,
      ...await measureAreas(sample, options.bootstrap, confidence),
      brier: measureBrier(sample, confidence),
      operating_points: measureOperatingPoints(sample, options, confidence),
      calibration: calibrationReport(sample, confidence, options.prevalence),
      histogram: histogramReport(sample),
      ...weightedReport(samples, options, confidence),
    },
  };
}

function weightedReport(
  samples: readonly Sample[],
  { exams, operatingPoints }: MeasureOptions,
  confidence: number,
): Pick<LevelReport, "weighted"> {
  if (!exams || samples.length === 0) return {};
  const named = operatingPoints.map((choice) => ({ ...choice, name: nameOf(choice) }));
  return { weighted: measureWeighted(samples, exams, named, confidence) };
}

async function measureAreas(
  sample: LevelSample,
  bootstrap: BootstrapOptions | null,
  confidence: number,
): Promise<Pick<LevelReport, "auroc" | "auprc" | "average_precision" | "bootstrap">> {
  const { scores, labels, clusters } = sample;
  const few = tooFewClusters(labels, clusters, sample.unit);
  const resample = async (of: ClusteredSample): Promise<BootstrapIntervals | null> =>
    bootstrap &&
    (few === null ? await bootstrapAreas(of, bootstrap, runReplicates) : noIntervals(few));
  const byRow = await resample({ ...sample, clusters: null });
  // If each sample is its own cluster, both bootstraps are the same.
  const isAlone = new Set(clusters).size === scores.length;
  const byExam = isAlone ? byRow : await resample(sample);
  const area = (estimate: Estimate, name: AreaName): LevelReport["auprc"] => ({
    value: estimate.value,
    ci: limits(byRow?.[name]),
    ci_by_exam: limits(byExam?.[name]),
    undefined: firstReason(estimate, byRow?.[name], byExam?.[name]),
  });
  const [trapezoids, steps] = [auprc(scores, labels), averagePrecision(scores, labels)];
  return {
    auroc: {
      ...area(auroc(scores, labels), "auroc"),
      ci_delong: limits(delong(scores, labels, confidence).ci),
      ci_delong_by_exam: limits(clusteredDelong(scores, labels, clusters, confidence).ci),
    },
    auprc: { ...area(trapezoids, "auprc"), note: tiesNote(trapezoids, steps) },
    average_precision: area(steps, "averagePrecision"),
    bootstrap: bootstrap && byRow && byExam && describe(bootstrap, byRow, byExam),
  };
}

/** Excess of AUPRC over average precision that triggers a note; few cancers alone cause less. */
const TRAPEZOIDS_ABOVE_MAX = 0.05;

function tiesNote(trapezoids: Estimate, steps: Estimate): string | null {
  if (trapezoids.value === null || steps.value === null) return null;
  if (trapezoids.value - steps.value <= TRAPEZOIDS_ABOVE_MAX) return null;
  return "Ties or very few positives inflate it: straight lines between the points of the curve " +
    `are far above the average precision of ${steps.value.toFixed(3)}.`;
}

function describe(
  options: BootstrapOptions,
  byRow: BootstrapIntervals,
  byExam: BootstrapIntervals,
): LevelReport["bootstrap"] {
  const { method, stratified, replicates, seed, confidence } = options;
  return {
    method,
    quantile_type: "R-7",
    stratified,
    replicates,
    used: byRow.used,
    discarded: byRow.discarded,
    used_by_exam: byExam.used,
    discarded_by_exam: byExam.discarded,
    seed,
    confidence,
  };
}

function measureBrier(sample: LevelSample, confidence: number): LevelReport["brier"] {
  const estimate = brier(sample.scores, sample.labels);
  const byRow = brierInterval({ ...sample, clusters: null }, confidence);
  const byExam = brierInterval(sample, confidence);
  return {
    value: estimate.value,
    ci: limits(byRow),
    ci_by_exam: limits(byExam),
    undefined: firstReason(estimate, byRow, byExam),
  };
}

function measureOperatingPoints(
  sample: LevelSample,
  { operatingPoints, bootstrap, prevalence }: MeasureOptions,
  confidence: number,
): OperatingPointReport[] {
  const counts = countAtThresholds(sample.scores, sample.labels);
  const { unit, exams } = sample;
  const inExams = unit === "exam" ? sample : { ...sample, units: exams };
  return operatingPoints.map((choice) => {
    const point = operatingPoint(inExams, counts, choice, { confidence, bootstrap, prevalence });
    return { name: nameOf(choice), ...operatingPointReport(point, prevalence) };
  });
}

/** Names an operating point, such as `specificity>=0.90`; a given threshold becomes `score>=…`. */
function nameOf(choice: OperatingPointRequest): string {
  if ("threshold" in choice) return `score>=${choice.threshold}`;
  const [name, share] = "sensitivity" in choice
    ? ["sensitivity", choice.sensitivity]
    : ["specificity", choice.specificity];
  const short = share.toFixed(2);
  return `${name}>=${Number(short) === share ? short : share}`;
}

/** Detection rates are per thousand exams. */
const DETECTION_PER = 1000;

function operatingPointReport(
  { threshold, reaches, shares, atPrevalence }: OperatingPoint,
  prevalence: number | null,
): Omit<OperatingPointReport, "name"> {
  return {
    threshold: threshold.value,
    reaches_target: reaches,
    sensitivity: counted(shares.sensitivity),
    specificity: counted(shares.specificity),
    ppv: counted(shares.ppv),
    npv: counted(shares.npv),
    recall_rate: counted(shares.recallRate),
    cancer_detection_rate: counted(shares.detectionRate, DETECTION_PER),
    at_prevalence: atPrevalence === null || prevalence === null ? null : {
      prevalence,
      ppv: reweighted(atPrevalence.ppv),
      npv: reweighted(atPrevalence.npv),
      recall_rate: reweighted(atPrevalence.recallRate),
      cancer_detection_rate: reweighted(atPrevalence.detectionRate, DETECTION_PER),
    },
    undefined: threshold.undefined,
  };
}

function counted(share: CountedPointShare, per = 1): OperatingPointReport["sensitivity"] {
  return { ...proportion(share, per), count: share.count, of: share.of };
}

function reweighted(share: ReweightedPointShare, per = 1): Reweighted["ppv"] {
  const raw = share.raw === null ? null : share.raw * per;
  return { ...proportion(share, per), raw, note: raw === null ? null : ADJUSTED };
}

type Reweighted = NonNullable<OperatingPointReport["at_prevalence"]>;

const ADJUSTED = "One of the counts is zero, so the share is outside its interval: the " +
  "value uses counts with half of z squared added (Mercaldo, Lau and Zhou 2007); raw is the share.";

function proportion(
  { value, ci, ciByCluster, fixed }: PointShare,
  per = 1,
): Omit<OperatingPointReport["sensitivity"], "count" | "of"> {
  return {
    value: value.value === null ? null : value.value * per,
    ci: limits(ci, per),
    ci_by_exam: limits(ciByCluster, per),
    ci_fixed_threshold: limits(fixed.ci, per),
    ci_fixed_threshold_by_exam: limits(fixed.ciByCluster, per),
    undefined: firstReason(value, ci, ciByCluster),
  };
}

/** A sample with a larger share of exams with cancer is enriched: a screening round finds fewer. */
const ENRICHED_FROM = 0.02;

/** Notes that calibration on an enriched sample does not carry over to a clinic. */
function enrichedNote({ labels, exams }: LevelSample, prevalence: number | null): string | null {
  const share = new Set(exams.filter((_, at) => labels[at] === 1)).size / new Set(exams).size;
  if (!(share > Math.max(ENRICHED_FROM, 1.5 * (prevalence ?? 0)))) return null;
  return `${
    (100 * share).toFixed(1)
  } % of these exams have cancer, more than in a clinic: the scores ` +
    "must not be read as probabilities in a clinic.";
}

function calibrationReport(
  sample: LevelSample,
  confidence: number,
  prevalence: number | null,
): CalibrationReport {
  const measured = calibration(sample, confidence);
  const { bins, slope, intercept, inTheLarge, expectedError, debiasedError } = measured;
  return {
    bins: bins.map(({ meanScore, ci, ...bin }) => ({
      ...bin,
      mean_score: meanScore,
      ci: limits(ci),
    })),
    slope: coefficient(slope),
    intercept: coefficient(intercept),
    in_the_large: coefficient(inTheLarge),
    ece: {
      value: expectedError.value,
      debiased: debiasedError.value,
      undefined: expectedError.undefined,
    },
    note: expectedError.value === null ? null : enrichedNote(sample, prevalence),
    undefined: expectedError.undefined,
  };
}

function coefficient(
  { value, ci, ciByCluster }: CalibrationCoefficient,
): CalibrationReport["slope"] {
  return {
    value: value.value,
    ci: limits(ci),
    ci_by_exam: limits(ciByCluster),
    undefined: firstReason(value, ci, ciByCluster),
  };
}

function histogramReport({ scores, labels }: LevelSample): LevelReport["histogram"] {
  const { edges, positives, negatives } = scoreHistogram(scores, labels);
  return { edges: [...edges], positives: [...positives], negatives: [...negatives] };
}

function limits(interval: Interval | null | undefined, per = 1): [number, number] | null {
  if (!interval || interval.undefined !== null) return null;
  const [lower, upper] = [interval.lower * per, interval.upper * per];
  // A Wald interval of scores like 5e-324 is infinite, which JSON cannot represent.
  return Number.isFinite(lower) && Number.isFinite(upper) ? [lower, upper] : null;
}

function firstReason(
  ...parts: readonly ({ readonly undefined: string | null } | null | undefined)[]
): string | null {
  return parts.find((part) => part && part.undefined !== null)?.undefined ?? null;
}
