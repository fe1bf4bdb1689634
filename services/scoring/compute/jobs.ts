import { analyseScore } from "../analysis/analyse_score.ts";
import type { AnalyseOutcome, AnalyseRequest } from "../analysis/analyse_score.ts";
import { compareDecisions } from "../analysis/compare_decisions.ts";
import type { DecideOutcome, DecideRequest } from "../analysis/compare_decisions.ts";
import { compareScores } from "../comparison/compare_scores.ts";
import type { CompareOutcome, CompareRequest } from "../comparison/compare_scores.ts";
import { scoreEnsemble } from "../ensemble/score_ensemble.ts";
import type { EnsembleOutcome, EnsembleRequest } from "../ensemble/score_ensemble.ts";
import { type AgainstBest, againstBest, type RankRequest } from "../comparison/against_best.ts";
import {
  rankExam,
  type RankOutcome,
  type RankRequest as ExamRankRequest,
} from "../samples/rank_exam.ts";
import { type ExportRequest, scoresCsv } from "../jobs/scores_csv.ts";
import {
  sideBySide,
  type SideBySideOutcome,
  type SideBySideRequest,
} from "../jobs/side_by_side.ts";
import type { SampleSource } from "../samples/load_samples.ts";
import {
  type RegroupOutcome,
  type RegroupRequest,
  regroupScore,
  rescore,
  type RescoreOutcome,
  type RescoreRequest,
} from "../jobs/rescore.ts";
import { scoreStudy, type StudyOutcome, type StudyRequest } from "../reader_study/score_study.ts";
import {
  type ScoreOutcome,
  scorePredictions,
  type ScoreRequest,
} from "../jobs/score_predictions.ts";
import { simulateScreening } from "../screening/simulate.ts";
import type { SimulateOutcome, SimulateRequest } from "../screening/simulate.ts";
import type { DrawnFile, Level, ScoreReport } from "../../../shared/contracts/scores.ts";
import { plotSubtitle } from "../jobs/draw_level.ts";
import {
  CHART_WIDTH,
  levelCalibrationChart,
  levelHistogramChart,
  renderPng,
  renderSvg,
} from "../report/mod.ts";

/** Request and result types by kind of job. All can be sent to another process. */
interface Jobs {
  readonly score: { readonly request: ScoreRequest; readonly result: ScoreOutcome };
  /** Draws a plot from the report alone. */
  readonly draw: { readonly request: DrawRequest; readonly result: Uint8Array | null };
  readonly compare: { readonly request: CompareRequest; readonly result: CompareOutcome };
  readonly combine: { readonly request: EnsembleRequest; readonly result: EnsembleOutcome };
  /** Compares the scores of a leaderboard with the best. */
  readonly rank: { readonly request: RankRequest; readonly result: readonly AgainstBest[][] };
  readonly regroup: { readonly request: RegroupRequest; readonly result: RegroupOutcome };
  /** Makes a score of an existing one with other measuring options. */
  readonly rescore: { readonly request: RescoreRequest; readonly result: RescoreOutcome };
  /** Ranks one exam among all others. */
  readonly exam: { readonly request: ExamRankRequest; readonly result: RankOutcome };
  readonly study: { readonly request: StudyRequest; readonly result: StudyOutcome };
  readonly analyse: { readonly request: AnalyseRequest; readonly result: AnalyseOutcome };
  readonly decide: { readonly request: DecideRequest; readonly result: DecideOutcome };
  readonly simulate: { readonly request: SimulateRequest; readonly result: SimulateOutcome };
  /** Writes a part of the table of all values of some scores. */
  readonly export: { readonly request: ExportRequest; readonly result: Uint8Array };
  /** Writes the predictions of several scores side by side. */
  readonly side: { readonly request: SideBySideRequest; readonly result: SideBySideOutcome };
}

export type JobKind = keyof Jobs;

export type JobRequest<K extends JobKind> = Jobs[K]["request"];

export type JobResult<K extends JobKind> = Jobs[K]["result"];

type JobFunctions = {
  readonly [K in JobKind]: (request: JobRequest<K>, source: SampleSource) => Promise<JobResult<K>>;
};

const FUNCTIONS: JobFunctions = {
  score: scorePredictions,
  draw: drawOnRequest,
  compare: compareScores,
  combine: scoreEnsemble,
  rank: againstBest,
  regroup: regroupScore,
  rescore,
  exam: rankExam,
  study: scoreStudy,
  analyse: analyseScore,
  decide: compareDecisions,
  simulate: simulateScreening,
  side: sideBySide,
  export: ({ reports, isFirst }) =>
    Promise.resolve(new TextEncoder().encode(scoresCsv(reports, isFirst))),
};

/** Runs a job in the calling process: a compute process, or a test. */
export function doJob<K extends JobKind>(
  kind: K,
  request: JobRequest<K>,
  source: SampleSource,
): Promise<JobResult<K>> {
  return FUNCTIONS[kind](request, source);
}

export interface DrawRequest {
  readonly report: ScoreReport;
  readonly level: Level;
  readonly file: DrawnFile;
}

/** Draws a plot from the report alone, as PNG or SVG bytes; null if the report lacks the level. */
async function drawOnRequest({ report, level, file }: DrawRequest): Promise<Uint8Array | null> {
  const of = report.levels[level];
  if (of === undefined) return null;
  const subtitle = plotSubtitle(report, report.provenance["weights"] === true);
  const data = { level, report: of, subtitle, width: CHART_WIDTH };
  const chart = file.startsWith("calibration")
    ? levelCalibrationChart(data)
    : levelHistogramChart(data);
  return file.endsWith(".png")
    ? await renderPng(chart)
    : new TextEncoder().encode(renderSvg(chart));
}
