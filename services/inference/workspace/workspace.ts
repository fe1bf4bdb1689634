import type { DatasetRecord, ForeignFilesAnswer } from "../../../shared/contracts/datasets.ts";
import type { EvaluationRecord } from "../../../shared/contracts/evaluations.ts";
import type { Mount } from "../executors/job.ts";
import type { Evaluation } from "../ledger/ledger.ts";
import type { Model } from "../models/model_catalogue.ts";
import type { KeptFile, KeptOutputs, Output } from "./keep_outputs.ts";
import type { LeftPredictions } from "./list_tasks.ts";
import type { RunLog } from "./run_log.ts";

/** What a container is given, made ready on the volume. */
export interface PreparedRun {
  readonly mounts: readonly Mount[];
  /** Values of the model's parameters as they stand in the copy of predict.sh. */
  readonly parameters: Readonly<Record<string, string>>;
  /** SHA-256 of the data list that the container sees. */
  readonly dataListDigest: string;
}

/** The files of evaluations on the volume. Every write is whole or not at all. */
export interface Workspace {
  /** Makes the folders and files that the container sees; what an earlier attempt left is removed. */
  prepare(
    evaluation: Evaluation,
    model: Model,
    dataset: DatasetRecord,
    /** Paths below the images folder that the container must not see. */
    hidden: ForeignFilesAnswer["paths"],
  ): Promise<PreparedRun>;
  /** Those of some images that belong to exams that are evaluated. */
  usedImages(evaluation: Evaluation, images: readonly string[]): Promise<readonly string[]>;
  /** What to add to the message of a failure, where exams lack views; else nothing. */
  viewsHint(evaluation: Evaluation): Promise<string>;
  /** Keeps what the container has written besides its predictions, once it is checked. */
  keepOutputs(evaluation: Evaluation, declared: readonly Output[]): Promise<KeptOutputs>;
  /** Lesions and saliency maps that are kept, by path below the evaluation's folder. */
  outputs(evaluation: Evaluation): Promise<readonly KeptFile[]>;
  openLog(evaluation: Evaluation): Promise<RunLog>;
  /**
   * Checks the predictions that the container has written; null when there are none.
   *
   * @throws {RangeError} when they are too large to be scored
   */
  checkPredictions(evaluation: Evaluation): Promise<LeftPredictions | null>;
  /** Keeps the predictions with the results, if they are still what was checked; returns where. */
  keepPredictions(evaluation: Evaluation, checked: LeftPredictions): Promise<string>;
  /**
   * Keeps what a run that did not succeed has left of its predictions, apart from whole ones; does
   * nothing when there is nothing.
   */
  keepPartial(evaluation: Evaluation): Promise<void>;
  /** Free space on the volume in bytes, or null when it cannot be told. */
  freeBytes(): Promise<number | null>;
  /** Bytes that an evaluation's preprocessed images and predictions take, or null when there are none. */
  diskUse(evaluation: Evaluation): Promise<number | null>;
  /** Where kept predictions lie. */
  predictionsPath(evaluation: Evaluation): string;
  logPath(evaluation: Evaluation): string;
  /** Writes what the API shows beside the results. */
  writeRecord(evaluation: Evaluation, record: EvaluationRecord): Promise<void>;
  /** Removes the half-written files that a kill has left among the results of an evaluation. */
  sweepHalfWritten(evaluation: Evaluation): Promise<void>;
  /** Removes the preprocessed images of an evaluation's model, experiment and dataset. */
  dropPreprocessed(evaluation: Evaluation): Promise<void>;
  /** Whether two evaluations share their preprocessed images. */
  sharePreprocessed(one: Evaluation, other: Evaluation): boolean;
  /** Removes everything that an evaluation has left among the results. */
  discard(evaluation: Evaluation): Promise<void>;
  /** Removes the scratch files of an evaluation. */
  clear(id: string): Promise<void>;
  /**
   * Removes scratch files that earlier processes have left.
   *
   * @param isWanted tells of an evaluation whether its files stay
   */
  sweep(isWanted: (evaluation: string) => boolean): Promise<void>;
  /** Marks a dataset as used by an evaluation. */
  lease(evaluation: Evaluation): Promise<void>;
  release(evaluation: Evaluation): Promise<void>;
  /** Evaluations whose leases earlier processes have left. */
  leftLeases(): Promise<string[]>;
  /**
   * Releases the datasets of evaluations whose leases earlier processes have left.
   *
   * @param isWanted tells of an evaluation whether it still uses its dataset
   */
  keepLeases(isWanted: (evaluation: string) => boolean): Promise<void>;
}
