import { z } from "@hono/zod-openapi";
import { COMPARED_SCORES_MAX } from "../limits.ts";
import { slug } from "./common.ts";
import { bootstrapRequest, operatingPointsRequest, prevalenceRequest } from "./scoring_options.ts";
import { subgroupsRequest } from "./subgroups.ts";

/** Methods for combining scores. */
export const ENSEMBLE_METHODS = ["mean", "rank_mean"] as const;

/** `POST /v1/ensembles`. */
export const ensembleRequest = z.strictObject({
  scores: z.array(z.uuid()).min(2).max(COMPARED_SCORES_MAX).describe(
    "Ids of score reports over the same exams",
  ),
  method: z.enum(ENSEMBLE_METHODS).default("mean").describe(
    "mean of the scores; or of their ranks, for models with different scales",
  ),
  model: slug.nullable().default(null).describe("Name of the ensemble"),
  experiment: slug.nullable().default(null),
  bootstrap: bootstrapRequest.default(true),
  operating_points: operatingPointsRequest,
  prevalence: prevalenceRequest,
  subgroups: subgroupsRequest.default(true),
}).openapi("EnsembleRequest");

export type EnsembleRequest = z.infer<typeof ensembleRequest>;

export type EnsembleMethod = (typeof ENSEMBLE_METHODS)[number];
