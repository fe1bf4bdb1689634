import {
  type CompareOutcome,
  type CompareRequest,
  compareScores,
} from "../comparison/compare_scores.ts";
import {
  type EnsembleOutcome,
  type EnsembleRequest,
  scoreEnsemble,
} from "../ensemble/score_ensemble.ts";
import { type AgainstBest, againstBest, type RankRequest } from "../leaderboard/against_best.ts";
import { rankExam, type RankOutcome, type RankRequest as ExamRankRequest } from "../rank_exam.ts";
import type { SampleSource } from "../load_samples.ts";
import { scoreStudy, type StudyOutcome, type StudyRequest } from "../reader_study/score_study.ts";
import { type ScoreOutcome, scorePredictions, type ScoreRequest } from "../score_predictions.ts";
import {
  type SimulateOutcome,
  type SimulateRequest,
  simulateScreening,
} from "../screening/simulate.ts";
import {
  type RegroupOutcome,
  type RegroupRequest,
  regroupScore,
} from "../subgroups/regroup_score.ts";
import type { DrawnFile, Level, ScoreReport } from "../../../shared/contracts/scores.ts";
import { plotSubtitle } from "../plot_subtitle.ts";
import {
  CHART_WIDTH,
  levelCalibrationChart,
  levelHistogramChart,
  renderPng,
  renderSvg,
} from "../report/mod.ts";

/** What can be asked for, and what comes of it. All of it can be sent to another process. */
interface Jobs {
  /** Scores predictions. */
  readonly score: { readonly request: ScoreRequest; readonly result: ScoreOutcome };
  /** Draws a plot that needs nothing but the report. */
  readonly draw: { readonly request: DrawRequest; readonly result: Uint8Array | null };
  /** Compares scores pair by pair. */
  readonly compare: { readonly request: CompareRequest; readonly result: CompareOutcome };
  /** Makes one score of several. */
  readonly combine: { readonly request: EnsembleRequest; readonly result: EnsembleOutcome };
  /** Holds the scores of a leaderboard against the best. */
  readonly rank: { readonly request: RankRequest; readonly result: readonly AgainstBest[] };
  /** Divides a score by other keys. */
  readonly regroup: { readonly request: RegroupRequest; readonly result: RegroupOutcome };
  /** Finds where one exam stands among all others. */
  readonly exam: { readonly request: ExamRankRequest; readonly result: RankOutcome };
  /** Scores a reader study. */
  readonly study: { readonly request: StudyRequest; readonly result: StudyOutcome };
  /** Simulates screening pathways. */
  readonly simulate: { readonly request: SimulateRequest; readonly result: SimulateOutcome };
}

/** Name of a kind of job. */
export type JobKind = keyof Jobs;

/** What a kind of job works with. */
export type JobRequest<K extends JobKind> = Jobs[K]["request"];

/** What comes of a kind of job. */
export type JobResult<K extends JobKind> = Jobs[K]["result"];

/** How a kind of job is done. */
type JobFunctions = {
  readonly [K in JobKind]: (
    request: JobRequest<K>,
    source: SampleSource,
  ) => Promise<JobResult<K>>;
};

const FUNCTIONS: JobFunctions = {
  score: scorePredictions,
  draw: drawOnRequest,
  compare: compareScores,
  combine: scoreEnsemble,
  rank: againstBest,
  regroup: regroupScore,
  exam: rankExam,
  study: scoreStudy,
  simulate: simulateScreening,
};

/**
 * Does a job where it is called: in a process of its own, or in a test.
 *
 * @param kind what to do
 * @param request what with
 * @param source where samples and truth are read
 */
export function doJob<K extends JobKind>(
  kind: K,
  request: JobRequest<K>,
  source: SampleSource,
): Promise<JobResult<K>> {
  return FUNCTIONS[kind](request, source);
}

/** What a report's plot is drawn from. */
export interface DrawRequest {
  readonly report: ScoreReport;
  readonly level: Level;
  readonly file: DrawnFile;
}

/**
 * Draws a plot that needs nothing but the report, so that scoring need not.
 *
 * @param request the report, one of its levels; which plot, and as what
 * @returns PNG or SVG; null where the report has no such level
 */
async function drawOnRequest(
  { report, level, file }: DrawRequest,
): Promise<Uint8Array | null> {
  const of = report.levels[level];
  if (of === undefined) return null;
  const data = { level, report: of, subtitle: plotSubtitle(report), width: CHART_WIDTH };
  const chart = file.startsWith("calibration")
    ? levelCalibrationChart(data)
    : levelHistogramChart(data);
  return file.endsWith(".png")
    ? await renderPng(chart)
    : new TextEncoder().encode(renderSvg(chart));
}
