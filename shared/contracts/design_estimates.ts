import { z } from "@hono/zod-openapi";
import { intervalSchema, undefinedReason } from "./estimates.ts";
import { tunedPointShape } from "./thresholds.ts";

const count = z.number().int().nonnegative();

/** An estimate from a sample drawn by a design. */
export const designEstimateSchema = z.object({
  value: z.number().nullable(),
  se: z.number().nullable().describe("Linearised, clusters within strata"),
  ci: intervalSchema.describe(
    "Normal; null with too few exams of a class, and for shares of 0 and 1",
  ),
  undefined: undefinedReason,
}).openapi("DesignEstimate");

/** Area under a curve from a sample drawn by a design. */
export const designAreaSchema = designEstimateSchema.extend({
  ci_logit: intervalSchema.describe("Normal on the logit scale"),
  se_jackknife: z.number().nullable().describe(
    "Delete one cluster at a time within strata; null if that would take too long",
  ),
});

/** Share of samples drawn by a design. */
export const designShareSchema = designEstimateSchema.extend({
  count: z.number().describe("Numerator; a sum of weights where weighted"),
  of: z.number().describe("Denominator"),
  ci_t: intervalSchema.describe(
    "Student's t with clusters minus strata degrees of freedom; null for 0 and 1",
  ),
  ci_logit: intervalSchema.describe("The same on the logit scale; null for 0 and 1"),
  ci_beta: intervalSchema.describe("Korn and Graubard's, with the effective number of samples"),
}).openapi("DesignShare");

/** How well scores, read as probabilities, agree with the truth. */
export const judgedSchema = z.object({
  brier: designEstimateSchema,
  log_loss: designEstimateSchema,
  intercept: designEstimateSchema,
  slope: designEstimateSchema,
  in_the_large: designEstimateSchema,
  observed_over_expected: designEstimateSchema,
});

/** Shares of the samples that a threshold calls positive. */
export const callsSchema = z.object({
  sensitivity: designShareSchema,
  specificity: designShareSchema,
  ppv: designShareSchema,
  npv: designShareSchema,
  recall_rate: designShareSchema,
  detection_per_1000: designShareSchema,
});

/** How the samples were drawn: clusters within strata. */
export const designSchema = z.object({
  weighted: z.boolean(),
  strata: count,
  clusters: count,
  df: z.number().int(),
  single_strata: count.optional().describe(
    "Strata with one cluster alone: they add nothing to standard errors, which are then too small",
  ),
});

/** The measures of a level with each sample counted by its exam's weight. */
export const weightedSchema = z.object({
  design: designSchema,
  prevalence: designShareSchema,
  auroc: designAreaSchema,
  average_precision: designAreaSchema,
  auprc: designAreaSchema,
  ...judgedSchema.shape,
  operating_points: z.array(callsSchema.extend({
    name: z.string(),
    threshold: z.number().nullable().describe("Chosen with the weights"),
    ...tunedPointShape,
  })).describe("Shares of samples; without those that no threshold reaches"),
}).openapi("WeightedLevel");

export type WeightedLevel = z.infer<typeof weightedSchema>;
