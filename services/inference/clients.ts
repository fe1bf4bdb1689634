import type {
  DatasetRecord,
  ForeignFilesAnswer,
  ImagesLook,
} from "../../shared/contracts/datasets.ts";
import type { EvaluationRequest } from "../../shared/contracts/evaluations.ts";
import type { View } from "../../shared/domain/mod.ts";

/** What inference asks of ingestion. */
export interface DatasetClient {
  /**
   * @returns the dataset
   * @throws {Problem} `not_found`, or `upstream_unavailable`
   */
  get(id: string): Promise<DatasetRecord>;
  /**
   * Compares some images with what was noted when the dataset was registered.
   *
   * @param start 0, or `next` of the call before
   * @throws {Problem} as `get`
   */
  lookAgain(id: string, start: number): Promise<ImagesLook>;
  /**
   * Finds what a container must not see of a dataset's images folder.
   *
   * @throws {Problem} as `get`
   */
  foreignFiles(id: string): Promise<ForeignFilesAnswer>;
}

/** What inference hands to scoring. */
export interface ScoreOrder {
  /** Id of the evaluation; the score gets the same. */
  readonly evaluation: string;
  readonly dataset: string;
  readonly model: string;
  readonly experiment: string;
  /** Absolute path of the predictions on the volume. */
  readonly predictions: string;
  readonly bootstrap: EvaluationRequest["bootstrap"];
  readonly operating_points: EvaluationRequest["operating_points"];
  readonly prevalence: EvaluationRequest["prevalence"];
  readonly subgroups: EvaluationRequest["subgroups"];
  /** Exams that lack one of these were left out; none where all were evaluated. */
  readonly required_views: readonly View[];
  readonly provenance: Readonly<Record<string, unknown>>;
}

/** What inference asks of scoring. */
export interface ScoringClient {
  /**
   * Scores predictions; doing it again for the same evaluation gives the same score.
   *
   * @param user whose evaluation it is: scoring shares its turns among users
   * @throws {Problem} what scoring says, or `upstream_unavailable`
   */
  score(order: ScoreOrder, user: string): Promise<string>;
  /**
   * Deletes a score; one that is gone already counts as deleted.
   *
   * @throws {Problem} what scoring says, or `upstream_unavailable`
   */
  remove(id: string): Promise<void>;
}
