import { z } from "@hono/zod-openapi";
import type { Laterality } from "../domain/mod.ts";
import { COMPARED_SCORES_MAX } from "../limits.ts";
import { mayBeMissing, moment } from "./common.ts";
import { designEstimateSchema } from "./design_estimates.ts";
import { estimateSchema, testSchema, zTestSchema } from "./estimates.ts";
import { LEVELS } from "./scores.ts";
import { bootstrapRequest } from "./scoring_options.ts";

/** `POST /v1/comparisons`. */
export const comparisonRequest = z.strictObject({
  scores: z.array(z.uuid()).min(2).max(COMPARED_SCORES_MAX).describe(
    "Ids of score reports over the same exams",
  ),
  level: z.enum(LEVELS).default("breast").describe("Level of the scores"),
  reference: z.uuid().nullable().default(null).describe(
    "One of the scores: the others are compared with it instead of with each other",
  ),
  bootstrap: bootstrapRequest.default(true).describe("false: no bootstrap, only DeLong's"),
  margin: z.number().gt(0).lt(1).nullable().default(null).describe(
    "Non-inferiority margin: how much lower the AUROC of A may be; fixed before seeing the data",
  ),
}).openapi("ComparisonRequest");

export type ComparisonRequest = z.infer<typeof comparisonRequest>;

const resampledSchema = z.object({
  difference: estimateSchema.describe("A less B"),
  bootstrap: testSchema.nullable().describe(
    "Paired, by row, without p; null for average precision and Brier score",
  ),
  bootstrap_by_exam: testSchema.nullable().describe("Paired, whole exams"),
  permutation: testSchema.nullable().openapi({ deprecated: true, description: "Always null" }),
  permutation_by_exam: testSchema.nullable().openapi({
    deprecated: true,
    description: "Always null",
  }),
}).openapi("MetricDifference");

export type MetricDifference = z.infer<typeof resampledSchema>;

const nonInferioritySchema = z.object({
  z: z.number().nullable(),
  p: z.number().nullable().describe("One-sided"),
  lower: z.number().nullable().describe("Lower limit of the difference"),
  non_inferior: z.boolean().nullable(),
  undefined: z.string().nullable(),
}).openapi("NonInferiority");

const weightedDifference = designEstimateSchema.extend({
  p: z.number().nullable().describe("Two-sided, normal"),
});

/** A comparison of two scores. */
export const comparisonPairSchema = z.object({
  a: z.uuid(),
  b: z.uuid(),
  auroc: resampledSchema.extend({
    delong: zTestSchema.describe("DeLong, DeLong and Clarke-Pearson 1988, by row, without p"),
    delong_by_exam: zTestSchema.describe("The same for clusters (Obuchowski 1997)"),
  }),
  auprc: resampledSchema,
  average_precision: resampledSchema,
  brier: resampledSchema,
  weighted: z.object({
    auroc: weightedDifference,
    average_precision: weightedDifference,
    brier: weightedDifference,
  }).nullable().optional().describe(
    "The differences by the exams' `weight` and `stratum`; null without weights, absent for callers who may " +
      "not see the truth. All else counts every exam once",
  ),
  non_inferiority: z.object({
    margin: z.number(),
    by_row: nonInferioritySchema,
    by_exam: nonInferioritySchema,
  }).nullable(),
}).openapi("ComparisonPair");

export type ComparisonPair = z.infer<typeof comparisonPairSchema>;

/** Pairwise comparison of scores. */
export const comparisonSchema = z.object({
  level: z.enum(LEVELS),
  count: z.number().int(),
  positives: z.number().int(),
  exams: z.number().int(),
  women: z.number().int().nullable().describe(
    "Women by patient_id: tests named by_exam then take all exams of a woman together; null if the women are not known",
  ),
  scores: z.array(z.object({
    id: z.uuid(),
    model: z.string().nullable(),
    experiment: z.string().nullable(),
    auroc: z.number().nullable(),
    auprc: z.number().nullable(),
    average_precision: z.number().nullable(),
    brier: z.number().nullable(),
  })),
  pairs: z.array(comparisonPairSchema),
  confidence: z.number(),
  bootstrap: z.object({ replicates: z.number().int(), seed: z.number().int(), method: z.string() })
    .nullable(),
  created_at: moment,
}).openapi("Comparison");

export type Comparison = z.infer<typeof comparisonSchema>;

/** A sample that exactly one of two scores recalls. */
export interface DiscordantSample {
  readonly exam: string;
  readonly laterality: Laterality | null;
  readonly malignant: boolean;
  /** 0 if the first score recalls it, 1 if the second does. */
  readonly recalledBy: 0 | 1;
  readonly scores: readonly [first: number, second: number];
}

/** On which samples two scores decide differently. It names exams with their truth. */
export interface Discordant {
  /** Name of the operating point of both; null: each recalls as many samples as are positive. */
  readonly point: string | null;
  /** Samples that only the first, and only the second score recalls. */
  readonly positives: readonly [number, number];
  readonly negatives: readonly [number, number];
  /** At most `MISSES_LISTED_MAX` of each class, positives first, those whose ranks differ most first. */
  readonly samples: readonly DiscordantSample[];
}

/** `GET /comparisons`: the same as an HTML page, with a query that a form can send. */
export const comparisonPageQuery = z.object({
  score: z.union([z.uuid(), z.array(z.uuid())]).describe(
    "Ids of score reports over the same exams, each as a `score` of its own",
  ),
  level: comparisonRequest.shape.level,
  reference: z.union([z.uuid(), z.literal("")]).default("").describe("Empty: all pairs"),
  margin: z.string().default("").describe("Between 0 and 1; empty: none"),
  bootstrap: z.enum(["true", "false"]).default("true").describe(
    "`false`: no bootstrap, only DeLong's",
  ),
  // The same form creates ensembles, and a browser sends all of its fields.
  dataset: mayBeMissing(z.string()).describe("Not used here"),
  method: mayBeMissing(z.string()).describe("Not used here"),
  model: mayBeMissing(z.string()).describe("Not used here"),
});
