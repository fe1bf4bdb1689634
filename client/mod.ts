/**
 * A typed client of mammoeval's API. It needs only `fetch`; the contracts are not loaded at run time.
 * @module
 */
export type { Comparison } from "../shared/contracts/comparisons.ts";
export type { DatasetRecord } from "../shared/contracts/datasets.ts";
export type { Diagnosis, Readiness } from "../shared/contracts/doctor.ts";
export type { EvaluationRecord } from "../shared/contracts/evaluations.ts";
export type { Leaderboard } from "../shared/contracts/leaderboards.ts";
export type {
  ImageList,
  ModelBuild,
  ModelCheck,
  ModelList,
  ModelRecord,
} from "../shared/contracts/models.ts";
export type { ReaderStudyReport } from "../shared/contracts/reader_studies.ts";
export type { Regrouped, ScoreReport } from "../shared/contracts/scores.ts";
export type { ScreeningSimulation } from "../shared/contracts/screening.ts";
export type { Usage } from "../shared/contracts/usage.ts";
export type { DeliveryRecord } from "../shared/contracts/webhooks.ts";
export type { DicomUpload, Exam, ExamStudy, ImagesUpload, RegisterRequest } from "./datasets.ts";
export { ForeignAnswerError, NoAnswerError, ProblemError, WithheldError } from "./errors.ts";
export type {
  BatchOrder,
  EvaluationEvent,
  EvaluationOrder,
  EventOptions,
  SubmitOptions,
} from "./evaluations.ts";
export type { LeaderboardHeading } from "./leaderboards.ts";
export type { StudyUpload } from "./reader_studies.ts";
export type { LevelFile, MeasureOptions, ScoreUpload, SubgroupOptions } from "./scores.ts";
export { connect, type ConnectOptions, type Site } from "./site.ts";
export type { CallOptions, WaitOptions } from "./transport.ts";
