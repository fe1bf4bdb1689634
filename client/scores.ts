import type { ExamScore } from "../shared/contracts/exam_scores.ts";
import type { z } from "@hono/zod-openapi";
import type { evaluationNotesRequest } from "../shared/contracts/evaluations.ts";
import type { releaseRequest, releaseSchema, WithheldScore } from "../shared/contracts/releases.ts";
import type {
  DrawnFile,
  Level,
  LEVEL_FILES,
  Regrouped,
  ScoreReport,
  scoresQuery,
} from "../shared/contracts/scores.ts";
import type {
  bootstrapRequest,
  operatingPointsRequest,
  prevalenceRequest,
} from "../shared/contracts/scoring_options.ts";
import type { subgroupsRequest } from "../shared/contracts/subgroups.ts";
import type { truthRulesRequest } from "../shared/contracts/truth.ts";
import { WithheldError } from "./errors.ts";
import { formOf, path, Resource } from "./transport.ts";
import type { CallOptions } from "./transport.ts";

/** How to measure; the service has defaults. */
export interface MeasureOptions {
  readonly bootstrap?: z.input<typeof bootstrapRequest>;
  readonly operating_points?: z.input<typeof operatingPointsRequest>;
  readonly prevalence?: z.input<typeof prevalenceRequest>;
}

/** How to divide the exams into subgroups. */
export interface SubgroupOptions {
  readonly subgroups?: z.input<typeof subgroupsRequest>;
  /** CSV with `exam_id` and further columns that make subgroups. */
  readonly attributes?: File;
}

/** Predictions made elsewhere, with the truth: a data list, or a registered dataset. */
export type ScoreUpload =
  & MeasureOptions
  & SubgroupOptions
  & {
    readonly predictions: File;
    /** CSV of reads, one per row, and of outcomes, one exam per row, beside a data list. */
    readonly reads?: File;
    readonly outcomes?: File;
    readonly model?: string;
    readonly experiment?: string;
    readonly truth?: z.input<typeof truthRulesRequest>;
  }
  & (
    | { readonly data_list: File; readonly dataset?: never }
    | { readonly dataset: string; readonly data_list?: never }
  );

/** How far a score is released. */
export type Release = z.infer<typeof releaseSchema>;

/** A file of a level: plots, curve points, samples. */
export type LevelFile = (typeof LEVEL_FILES)[number] | DrawnFile;

/** `/v1/scores`: how well predictions detect cancer. */
export class Scores extends Resource {
  /** Scores predictions made elsewhere; the same upload returns the same report. */
  async create(upload: ScoreUpload, options: CallOptions = {}): Promise<ScoreReport> {
    const body = formOf({ ...upload });
    return await this.api.json({ path: "/v1/scores", body }, options);
  }

  /**
   * Returns one report.
   * @throws {WithheldError} if the data owner has not released it to the caller
   */
  async get(id: string, options: CallOptions = {}): Promise<ScoreReport> {
    const score: ScoreReport | WithheldScore = await this.api.json(
      { path: path`/v1/scores/${id}` },
      options,
    );
    if ("status" in score) throw new WithheldError(id);
    return score;
  }

  /** Yields reports, newest first. */
  list(
    query: z.input<typeof scoresQuery> = {},
    options: CallOptions = {},
  ): AsyncGenerator<ScoreReport, void, undefined> {
    return this.api.items("/v1/scores", query, options);
  }

  /** Names a score, or notes something about it; null removes either. */
  async annotate(
    id: string,
    notes: z.input<typeof evaluationNotesRequest>,
    options: CallOptions = {},
  ): Promise<ScoreReport> {
    const order = { path: path`/v1/scores/${id}`, body: notes, repeatable: true };
    return await this.api.json({ method: "PATCH", ...order }, options);
  }

  /** Deletes a score; an evaluation's score is deleted with the evaluation. */
  async delete(id: string, options: CallOptions = {}): Promise<void> {
    await this.api.send({ method: "DELETE", path: path`/v1/scores/${id}` }, options);
  }

  /** Returns how far a score is released to callers who may not see the truth. */
  async released(id: string, options: CallOptions = {}): Promise<Release> {
    return await this.api.json({ path: path`/v1/scores/${id}/release` }, options);
  }

  /** Releases a score to callers who may not see the truth: in full, or with values of two digits. */
  async release(
    id: string,
    request: z.input<typeof releaseRequest>,
    options: CallOptions = {},
  ): Promise<Release> {
    return await this.api.json({ path: path`/v1/scores/${id}/release`, body: request }, options);
  }

  /** Withdraws a score: callers who may not see the truth see only that it is withheld. */
  async withdraw(id: string, options: CallOptions = {}): Promise<void> {
    await this.api.send({ method: "DELETE", path: path`/v1/scores/${id}/release` }, options);
  }

  /** Returns a plot, the curve points, or the samples: `.bytes()`, `.text()`, or `.body` to stream. */
  async file(
    id: string,
    level: Level,
    file: LevelFile,
    options: CallOptions = {},
  ): Promise<Response> {
    return await this.api.send({ path: path`/v1/scores/${id}/${level}/${file}` }, options);
  }

  /** Returns one exam's results in a score, with its rank among all others. */
  async exam(id: string, exam: string, options: CallOptions = {}): Promise<ExamScore> {
    return await this.api.json({ path: path`/v1/scores/${id}/exams/${exam}` }, options);
  }

  /** Returns the report as one self-contained HTML file. */
  async page(id: string, options: CallOptions = {}): Promise<Response> {
    return await this.api.send({ path: path`/v1/scores/${id}/report.html` }, options);
  }

  /** Returns the main results as a table for Word. */
  async table(id: string, options: CallOptions = {}): Promise<Response> {
    return await this.api.send({ path: path`/v1/scores/${id}/table.doc` }, options);
  }

  /** Measures subgroups by other keys than those of the report; the result is not stored. */
  async divide(
    id: string,
    request: MeasureOptions & SubgroupOptions,
    options: CallOptions = {},
  ): Promise<Regrouped> {
    const order = { path: path`/v1/scores/${id}/subgroups`, body: formOf({ ...request }) };
    return await this.api.json(order, options);
  }

  /** Makes a score of the same predictions with other measuring options; the same request returns the same report. */
  async rescore(
    id: string,
    request: MeasureOptions & SubgroupOptions,
    options: CallOptions = {},
  ): Promise<ScoreReport> {
    const order = { path: path`/v1/scores/${id}/rescore`, body: formOf({ ...request }) };
    return await this.api.json(order, options);
  }
}
