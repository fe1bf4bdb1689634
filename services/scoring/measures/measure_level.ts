import type { CalibrationReport, LevelReport } from "../../../shared/contracts/scores.ts";
import type { Sample } from "../../../shared/domain/mod.ts";
import {
  firstReason,
  type LevelSample,
  levelSampleOf,
  limits,
  undefinedFor,
} from "./level_sample.ts";
import type { MeasureOptions } from "./measure_options.ts";
import { measureOperatingPoints } from "./operating_points.ts";
import { measureWeighted } from "./weighted_level.ts";
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
  delong,
  type Estimate,
  noIntervals,
  scoreHistogram,
  tooFewClusters,
} from "../statistics/mod.ts";

/** Confidence of the intervals if no bootstrap was requested. */
const DEFAULT_CONFIDENCE = 0.95;

export interface MeasuredLevel {
  readonly scores: Float64Array;
  readonly labels: Uint8Array;
  readonly confidence: number;
  readonly report: Omit<LevelReport, "plots">;
}

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

async function measureSamples(
  samples: readonly Sample[],
  options: MeasureOptions,
): Promise<MeasuredLevel> {
  const sample = levelSampleOf(samples);
  const { scores, labels, exams } = sample;
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
      operating_points: measureOperatingPoints(samples, sample, options, confidence),
      calibration: calibrationReport(sample, confidence, options.prevalence),
      histogram: histogramReport(sample),
      ...options.exams && samples.length > 0
        ? { weighted: measureWeighted(samples, options.exams, options, confidence) }
        : {},
    },
  };
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
