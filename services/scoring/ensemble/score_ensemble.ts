import type { EnsembleMethod } from "../../../shared/contracts/ensembles.ts";
import type { Level, ScoreReport } from "../../../shared/contracts/scores.ts";
import type { SubgroupKey } from "../../../shared/contracts/subgroups.ts";
import { truthRuleOf } from "../../../shared/contracts/truth.ts";
import {
  aggregateToBreasts,
  aggregateToExams,
  type Fault,
  faultOf,
  mean,
  type Sample,
} from "../../../shared/domain/mod.ts";
import type { LevelSamples } from "../samples/align_levels.ts";
import { matchReports } from "../comparison/compare_scores.ts";
import { loadNamedExams, loadSamples, type SampleSource } from "../samples/load_samples.ts";
import { makeReport } from "../jobs/make_report.ts";
import { tuneMeasure } from "../jobs/tune_points.ts";
import type { MeasureOptions } from "../measures/measure_options.ts";
import type { ScoreFile } from "../store/score_store.ts";
import { divideExams } from "../subgroups/divide_exams.ts";
import { midranks } from "../statistics/mod.ts";

export interface EnsembleRequest {
  readonly id: string;
  readonly reports: readonly ScoreReport[];
  readonly method: EnsembleMethod;
  readonly model: string | null;
  readonly experiment: string | null;
  readonly measure: MeasureOptions;
  /** Reports of other scores that thresholds are chosen on. */
  readonly tuning: readonly ScoreReport[];
  readonly subgroups: boolean | readonly SubgroupKey[];
  readonly content: string;
}

/** A score of the ensemble with its files, or all errors and the part that has them. */
export type EnsembleOutcome =
  | { readonly ok: true; readonly report: ScoreReport; readonly files: readonly ScoreFile[] }
  | {
    readonly ok: false;
    readonly of: "scores" | "subgroups";
    readonly errors: readonly Fault[];
  };

/** Combines images if all reports have them, else breasts or exams, and measures the result like any score. */
export async function scoreEnsemble(
  request: EnsembleRequest,
  store: SampleSource,
): Promise<EnsembleOutcome> {
  const { id, reports, method } = request;
  const level =
    (["image", "breast"] as const).find((level) =>
      reports.every(({ levels }) => (levels[level]?.count ?? 0) > 0)
    ) ?? "exam";
  const match = await matchReports(reports, level, store);
  if (!match.ok) return { ok: false, of: "scores", errors: match.errors };
  const { matched } = match;
  const combined = combineScores(matched.scores, method);
  const samples = matched.samples.map((sample, at) => ({ ...sample, score: combined[at]! }));
  const byLevel = await levelsOf(samples, level, reports, store);
  const exams = await loadNamedExams(reports[0]!, samples, store);
  const divided = await divideExams(exams, { subgroups: request.subgroups, attributes: null });
  if (!divided.ok) return { ok: false, of: "subgroups", errors: divided.errors };
  const truth = truthRuleOf(reports[0]!);
  const measure = await tuneMeasure(
    request.measure,
    { samples: byLevel, exams, truth, tuning: request.tuning },
    store,
  );
  const made = await makeReport({
    names: {
      id,
      dataset: commonDataset(reports),
      model: request.model,
      experiment: request.experiment,
      evaluation: null,
    },
    samples: byLevel,
    groupings: divided.groupings,
    measure,
    warnings: method === "rank_mean" ? [RANKS] : [],
    provenance: {
      ...truthOf(reports[0]!),
      ...uploaderOf(reports),
      ensemble: { method, level, parts: reports.map((report) => partOf(report, level)) },
      content: request.content,
      bootstrap: measure.bootstrap,
    },
  });
  return { ok: true, ...made };
}

async function levelsOf(
  samples: readonly Sample[],
  level: Level,
  reports: readonly ScoreReport[],
  store: SampleSource,
): Promise<LevelSamples> {
  if (level === "exam") {
    const reasons = reports.map(({ levels }) => levels.breast.undefined ?? null);
    const noBreasts = reasons.find((reason) => reason !== null) ?? null;
    return { breast: null, image: null, exam: samples, noBreasts };
  }
  const breast = level === "image" ? aggregateToBreasts(samples) : samples;
  const whole = await loadSamples(reports[0]!, "exam", store);
  const truth = whole.ok ? whole.samples : [];
  const exam = aggregateToExams(
    breast,
    new Map(truth.map(({ examIndex, label }) => [examIndex, label])),
  );
  return { breast, image: level === "image" ? samples : null, exam, noBreasts: null };
}

const RANKS = faultOf({
  code: "ranks_no_probabilities",
  message: "The scores are means of ranks, not probabilities: ignore Brier score and calibration",
});

/** The common dataset of all reports, in the same state; null if they differ or have none. */
function commonDataset(reports: readonly ScoreReport[]): string | null {
  const [first, ...others] = reports;
  const same = others.every((report) =>
    report.dataset === first!.dataset &&
    report.provenance["dataset_digest"] === first!.provenance["dataset_digest"]
  );
  return same ? first!.dataset : null;
}

function truthOf({ provenance }: ScoreReport): Record<string, unknown> {
  const { dataset_digest, data_list_sha256, required_views, exams_called_by, truth } = provenance;
  const noted = { dataset_digest, data_list_sha256, required_views, exams_called_by, truth };
  return Object.fromEntries(Object.entries(noted).filter(([, value]) => value !== undefined));
}

/** The user who uploaded all parts, and so knows their truth; none if others uploaded some. */
function uploaderOf(reports: readonly ScoreReport[]): { uploaded_by?: unknown } {
  const [first, ...others] = reports.map(({ provenance }) => provenance["uploaded_by"]);
  return first !== undefined && others.every((user) => user === first)
    ? { uploaded_by: first }
    : {};
}

function partOf(report: ScoreReport, level: Level): Record<string, unknown> {
  const { provenance } = report;
  return {
    score: report.id,
    model: report.model,
    experiment: report.experiment,
    model_version: provenance["model_version"] ?? null,
    parameters: provenance["parameters"] ?? {},
    predictions_sha256: provenance["predictions_sha256"] ?? null,
    auroc: report.levels[level]?.auroc.value ?? null,
  };
}

/**
 * Combines the scores of several models, at least one array, of the same samples.
 * @param method `mean` of the scores, or `rank_mean`: mean of midranks divided by the number of samples, in (0, 1]
 */
export function combineScores(
  scores: readonly Float64Array[],
  method: EnsembleMethod,
): Float64Array {
  const parts = method === "mean" ? scores : scores.map(shareOfRanks);
  return parts[0]!.map((_, at) => mean(parts.map((part) => part[at]!)));
}

function shareOfRanks(scores: Float64Array): Float64Array {
  return midranks(scores).map((rank) => rank / scores.length);
}
