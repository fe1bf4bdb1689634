import type { Level, ScoreReport } from "../../../shared/contracts/scores.ts";
import { truthRuleOf } from "../../../shared/contracts/truth.ts";
import {
  applyTruthRule,
  type Exam,
  type Fault,
  faultOf,
  followUpOf,
  haveOutcomes,
  isSideUnknown,
  labelOf,
  NO_OUTCOMES,
  type Sample,
  type TruthRule,
} from "../../../shared/domain/mod.ts";
import type { NamedExam } from "../../../shared/subgroups/mod.ts";
import { loadExams, loadSamples, type SampleSource } from "../samples/load_samples.ts";
import { missingWeights, weightsOf } from "../samples/exam_weights.ts";
import { clustersOf } from "../samples/sample_clusters.ts";
import { readersRecall } from "../screening/programme.ts";
import type { TunedExams } from "../screening/tuned_thresholds.ts";

/** A score's samples with the exam of each, as labelled by its list or by a rule. */
export interface LabelledScore {
  readonly truth: { readonly within_days: number; readonly left_out: number } | null;
  readonly samples: readonly Sample[];
  /** The exam of each sample. */
  readonly exams: readonly Exam[];
  /** Those with a known follow-up, however short. */
  readonly followed: Pick<LabelledScore, "samples" | "exams">;
}

/** Labelled samples, one for each horizon, or all errors. */
export type LabelledScores =
  | { readonly ok: true; readonly labelled: readonly LabelledScore[] }
  | { readonly ok: false; readonly errors: readonly Fault[] };

/** How to load a score. */
export interface LabelOptions {
  readonly level: Level;
  /** In days; empty for the labels of the score. */
  readonly horizons: readonly number[];
  /** Whether every exam must have a weight if one has. */
  readonly weighted: boolean;
}

/** Loads the samples of a score and labels them at each horizon. */
export async function loadLabelled(
  report: ScoreReport,
  { level, horizons, weighted }: LabelOptions,
  store: SampleSource,
): Promise<LabelledScores> {
  const failed = (code: string, message: string, field?: string): LabelledScores => ({
    ok: false,
    errors: [faultOf({ code, message, ...(field === undefined ? {} : { field }) })],
  });
  const exams = await loadExams(report, store);
  if (exams === null) {
    const message = `The exams of score ${report.id} have changed: score the predictions again`;
    return failed("dataset_changed", message);
  }
  const loaded = await loadSamples(report, level, store);
  if (!loaded.ok) return failed("samples_missing", loaded.reason, "level");
  const checked = (labelled: readonly LabelledScore[]): LabelledScores => {
    const errors = weighted
      ? missingWeights(
        labelled.flatMap(({ truth, exams, followed }) => truth === null ? exams : followed.exams),
      )
      : [];
    return errors.length > 0 ? { ok: false, errors } : { ok: true, labelled };
  };
  const own = truthRuleOf(report);
  if (horizons.length === 0) {
    const ruled = own === null ? null : applyTruthRule(exams, own);
    const truth = ruled === null ? null : { ...own!, left_out: ruled.leftOut };
    return checked([labelledBy(exams, ruled?.exams ?? exams, loaded.samples, truth)]);
  }
  if (own !== null && horizons.some((days) => days !== own.within_days)) {
    const message = `Score ${report.id} is labelled within ${own.within_days} days and lacks the ` +
      "exams that this left out: give a score with the labels of the list";
    return failed("truth_rules_differ", message, "truth");
  }
  if (!haveOutcomes(exams)) return { ok: false, errors: [NO_OUTCOMES] };
  const labelled = horizons.map((days) => {
    const ruled = applyTruthRule(exams, { within_days: days });
    const truth = { within_days: days, left_out: ruled.leftOut };
    return labelledBy(exams, ruled.exams, loaded.samples, truth);
  });
  const unknown = level === "exam"
    ? undefined
    : labelled.flatMap((one) => one.exams).find(isSideUnknown);
  if (unknown === undefined) return checked(labelled);
  const message = `The side of the cancer of exam ${unknown.id} is unknown: ask for level exam`;
  return failed("side_unknown", message, "level");
}

function labelledBy(
  all: readonly Exam[],
  exams: readonly Exam[],
  samples: readonly Sample[],
  truth: LabelledScore["truth"],
): LabelledScore {
  const byIndex = new Map(exams.map((exam) => [exam.index, exam]));
  const kept = samples.filter(({ examIndex }) => byIndex.has(examIndex));
  const followed = new Map(
    all.flatMap((exam) => followUpOf(exam) === null ? [] : [[exam.index, exam]]),
  );
  const keptFollowed = samples.filter(({ examIndex }) => followed.has(examIndex));
  return {
    truth,
    samples: truth === null ? kept : kept.map((sample) => ({
      ...sample,
      label: labelOf(byIndex.get(sample.examIndex)!, sample.laterality),
    })),
    exams: kept.map(({ examIndex }) => byIndex.get(examIndex)!),
    followed: {
      samples: keptFollowed,
      exams: keptFollowed.map(({ examIndex }) => followed.get(examIndex)!),
    },
  };
}

/** The samples that a threshold is chosen on or applied to. */
export function tunedOf(
  { truth, samples, exams }: {
    readonly truth: TruthRule | null;
    readonly samples: readonly Sample[];
    /** The exam of each sample. */
    readonly exams: readonly NamedExam[];
  },
  weighted: boolean,
): TunedExams {
  const { weights } = weightsOf(exams, weighted);
  return {
    scores: Float64Array.from(samples, ({ score }) => score),
    cancers: Uint8Array.from(samples, ({ label }) => label),
    women: clustersOf(samples).clusters,
    weights,
    readersRecall: readersRecall(exams, weights),
    withinDays: truth?.within_days ?? null,
  };
}

/** The level to measure: whole exams if the score has them. */
export function levelAsked(asked: Level | null, report: ScoreReport): Level {
  return asked ?? (report.levels.exam === undefined ? "breast" : "exam");
}
