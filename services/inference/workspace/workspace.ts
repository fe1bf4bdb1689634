import type { DatasetRecord, ForeignFilesAnswer } from "../../../shared/contracts/datasets.ts";
import type { EvaluationRecord } from "../../../shared/contracts/evaluations.ts";
import type { Mount } from "../engine/job.ts";
import type { Evaluation } from "../ledger/ledger.ts";
import type { Model } from "../models/model_catalogue.ts";
import type { KeptFile, KeptOutputs, Output } from "./keep_outputs.ts";
import type { LeftPredictions } from "./list_tasks.ts";
import type { RunLog } from "./run_log.ts";

/** A container's inputs, prepared on the volume. */
export interface PreparedRun {
  readonly mounts: readonly Mount[];
  /** Mounts of each part of a divided run; otherwise empty. */
  readonly parts: readonly (readonly Mount[])[];
  /** Values of the model's parameters, as in the copy of predict.sh. */
  readonly parameters: Readonly<Record<string, string>>;
  /** SHA-256 of the data list that the container sees. */
  readonly dataListDigest: string;
}

export interface PrepareOptions {
  /** Paths below the images folder to hide from the container. */
  readonly hidden: ForeignFilesAnswer["paths"];
  /** Into how many parts the exams are divided; never more than there are exams. */
  readonly parts: number;
}

/** The files of evaluations on the volume. Every write is atomic. */
export interface Workspace {
  /** Creates the folders and files that the container sees, and removes those of an earlier attempt. */
  prepare(
    evaluation: Evaluation,
    model: Model,
    dataset: DatasetRecord,
    options: PrepareOptions,
  ): Promise<PreparedRun>;
  /**
   * Joins the outputs of a divided run.
   * @throws {RangeError} if parts wrote different tables
   */
  joinParts(evaluation: Evaluation): Promise<void>;
  /** The images among these that belong to evaluated exams. */
  usedImages(evaluation: Evaluation, images: readonly string[]): Promise<readonly string[]>;
  /** Addition to a failure message where exams lack views; otherwise empty. */
  viewsHint(evaluation: Evaluation): Promise<string>;
  /** Checks and keeps what the container wrote besides its predictions. */
  keepOutputs(evaluation: Evaluation, declared: readonly Output[]): Promise<KeptOutputs>;
  /** Kept lesions and saliency maps. */
  outputs(evaluation: Evaluation): Promise<readonly KeptFile[]>;
  openLog(evaluation: Evaluation): Promise<RunLog>;
  /** Checks the container's predictions; null if there are none. Throws a RangeError if they are too large. */
  checkPredictions(evaluation: Evaluation): Promise<LeftPredictions | null>;
  /** Stores the predictions with the results and returns their path. Throws if they changed since the check. */
  keepPredictions(evaluation: Evaluation, checked: LeftPredictions): Promise<string>;
  /** Keeps the partial predictions of an unsuccessful run, separate from complete ones, if there are any. */
  keepPartial(evaluation: Evaluation): Promise<void>;
  freeBytes(): Promise<number | null>;
  /** Bytes of an evaluation's preprocessed images and predictions, or null if there are none. */
  diskUse(evaluation: Evaluation): Promise<number | null>;
  predictionsPath(evaluation: Evaluation): string;
  logPath(evaluation: Evaluation): string;
  /** Writes the evaluation's API record beside the results. */
  writeRecord(evaluation: Evaluation, record: EvaluationRecord): Promise<void>;
  /** Removes half-written files that a kill left among an evaluation's results. */
  sweepHalfWritten(evaluation: Evaluation): Promise<void>;
  /** Removes the preprocessed images of an evaluation's model, experiment and dataset. */
  dropPreprocessed(evaluation: Evaluation): Promise<void>;
  sharePreprocessed(one: Evaluation, other: Evaluation): boolean;
  /** Removes all results of an evaluation. */
  discard(evaluation: Evaluation): Promise<void>;
  clear(id: string): Promise<void>;
  /** Removes scratch files of earlier processes, except those of wanted evaluations. */
  sweep(isWanted: (evaluation: string) => boolean): Promise<void>;
  /** Marks a dataset as used by an evaluation. */
  lease(evaluation: Evaluation): Promise<void>;
  release(evaluation: Evaluation): Promise<void>;
  /** Evaluations whose leases earlier processes left. */
  leftLeases(): Promise<string[]>;
  /** Releases datasets that earlier processes leased, unless their evaluation is wanted. */
  keepLeases(isWanted: (evaluation: string) => boolean): Promise<void>;
}
