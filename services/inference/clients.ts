import type {
  DatasetRecord,
  ForeignFilesAnswer,
  ImagesLook,
} from "../../shared/contracts/datasets.ts";
import type { EvaluationRequest } from "../../shared/contracts/evaluations.ts";
import type { View } from "../../shared/domain/mod.ts";

export interface DatasetClient {
  /** Finds a dataset. Throws a problem: `not_found`, or `upstream_unavailable`. */
  get(id: string): Promise<DatasetRecord>;
  /**
   * Compares images from `start` (0, or `next` of the call before) with the records of their registration.
   * @throws {Problem} as `get`
   */
  lookAgain(id: string, start: number): Promise<ImagesLook>;
  /** Finds files in a dataset's images folder to hide from a container; throws as `get`. */
  foreignFiles(id: string): Promise<ForeignFilesAnswer>;
}

export interface ScoreOrder {
  /** Id of the evaluation, also used for the score. */
  readonly evaluation: string;
  readonly dataset: string;
  readonly model: string;
  readonly experiment: string;
  readonly predictions: string;
  readonly bootstrap: EvaluationRequest["bootstrap"];
  readonly operating_points: EvaluationRequest["operating_points"];
  readonly prevalence: EvaluationRequest["prevalence"];
  readonly subgroups: EvaluationRequest["subgroups"];
  readonly truth: EvaluationRequest["truth"];
  /** Exams that lack one of these views were left out; empty if all were evaluated. */
  readonly required_views: readonly View[];
  readonly provenance: Readonly<Record<string, unknown>>;
}

export interface ScoringClient {
  /**
   * Scores predictions, once for each evaluation, and returns the score's id. The user shares scoring's capacity.
   * @throws {Problem} scoring's problem, or `upstream_unavailable`
   */
  score(order: ScoreOrder, user: string): Promise<string>;
  /** Deletes a score; a missing one counts as deleted. Throws scoring's problem, or `upstream_unavailable`. */
  remove(id: string): Promise<void>;
}
