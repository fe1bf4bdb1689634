import { z } from "@hono/zod-openapi";
import { DISCORDANT_LISTED_MAX, PATHWAYS_MAX, READS_OF_EXAM_MAX } from "../limits.ts";
import { LATERALITIES } from "../domain/mod.ts";
import { intervalSchema } from "./estimates.ts";
import { LEVELS } from "./scores.ts";
import { chosenThresholdSchema, thresholdRequest } from "./thresholds.ts";
import { truthRuleRequest } from "./truth.ts";

const decision = z.union([
  z.strictObject({ score: z.uuid().optional(), threshold: thresholdRequest }).describe(
    "A model: recall at or above the threshold; without `score` the request's",
  ),
  z.strictObject({ read: z.number().int().min(1).max(READS_OF_EXAM_MAX) }).describe(
    "The recorded read of this order",
  ),
  z.strictObject({ consensus: z.literal(true) }).describe("The recorded consensus"),
], { error: "must be {score, threshold}, {read} or {consensus: true}" });

export const DECISION_MEASURES = [
  "sensitivity",
  "specificity",
  "recall_rate",
  "detection_per_1000",
] as const;

const margin = z.number().gt(0).lt(1).optional();

export const pairedRequest = z.strictObject({
  score: z.uuid().describe("The score whose exams and labels count"),
  level: z.enum(LEVELS).nullable().default(null).describe(
    "null: whole exams where the score has them, otherwise breasts; reads and consensus are of exams",
  ),
  truth: truthRuleRequest.nullable().default(null),
  comparisons: z.array(z.strictObject({ first: decision, second: decision })).min(1).max(
    PATHWAYS_MAX,
  ).describe("p values are corrected by Holm over all comparisons within one measure"),
  margin: z.strictObject({
    sensitivity: margin,
    specificity: margin,
    recall_rate: margin,
    detection_per_1000: z.number().gt(0).lt(1000).optional(),
  }).default({}).describe("How much worse the first may be; of the recall rate, how much higher"),
  weighted: z.boolean().default(true),
  confidence: z.number().min(0.5).max(0.999).default(0.95),
  discordant: z.number().int().min(0).max(DISCORDANT_LISTED_MAX).default(100).describe(
    "How many samples with different decisions are listed, those with cancer first",
  ),
}).openapi("PairedRequest");

export type PairedRequest = z.infer<typeof pairedRequest>;

const count = z.number().int().nonnegative();
const test = z.object({ chi2: z.number(), p: z.number() });
const error = z.object({ se: z.number(), ci: intervalSchema });

const pairSchema = z.object({
  both: count,
  first_only: count,
  second_only: count,
  neither: count,
  first: z.number().nullable(),
  second: z.number().nullable(),
  difference: z.number().nullable().describe(
    "First minus second; weighted where the exams have weights",
  ),
  se: z.number().nullable().describe("By woman within strata (Obuchowski 1998 without weights)"),
  ci: intervalSchema,
  z: z.number().nullable(),
  p: z.number().nullable().describe("Two-sided, Obuchowski's test of equal shares by woman"),
  p_holm: z.number().nullable(),
  clustered: z.object({ clusters: count, chi2: z.number(), p: z.number() }).nullable(),
  mcnemar: test.extend({
    chi2_corrected: z.number(),
    p_corrected: z.number(),
    exact_p: z.number(),
    mid_p: z.number(),
  }).describe("As if all samples were independent, like the intervals below"),
  wald: error.nullable(),
  newcombe: intervalSchema.describe("Method 10, with the correction of phi"),
  newcombe_uncorrected: intervalSchema,
  bonett_price: intervalSchema,
  tango: intervalSchema,
  non_inferiority: z.object({
    margin: z.number(),
    tango_z: z.number(),
    tango_p: z.number(),
    wald_z: z.number().nullable(),
    wald_p: z.number().nullable(),
    clustered_z: z.number().nullable(),
    clustered_p: z.number().nullable(),
    holds: z.boolean().nullable().describe("Whether clustered_p is below half of 1 - confidence"),
  }).nullable().describe("One-sided; null without a margin"),
}).openapi("PairedShares");

export type PairedShares = z.infer<typeof pairSchema>;

/** Decisions on the same women, compared. */
export const pairedSchema = z.object({
  score: z.uuid(),
  level: z.enum(LEVELS),
  truth: z.object({ within_days: count, left_out: count }).nullable(),
  women: count.nullable(),
  weighted: z.boolean(),
  confidence: z.number(),
  comparisons: z.array(z.object({
    count: count.describe("Samples with both decisions, on which no threshold was chosen"),
    left_out: count,
    chosen: z.array(chosenThresholdSchema),
    sensitivity: pairSchema,
    specificity: pairSchema,
    recall_rate: pairSchema,
    detection_per_1000: pairSchema.describe("Shares and margins per 1,000, counts of all samples"),
    discordant_total: count,
    discordant: z.array(z.object({
      exam: z.string(),
      laterality: z.enum(LATERALITIES).nullable(),
      malignant: z.union([z.literal(0), z.literal(1)]),
      first: z.union([z.literal(0), z.literal(1)]),
      second: z.union([z.literal(0), z.literal(1)]),
      score: z.number().describe("Of the request's score"),
    })),
  })),
}).openapi("PairedDecisions");

export type PairedDecisions = z.infer<typeof pairedSchema>;

/** `GET /paired-decisions`: a model beside its readers as an HTML page, with a query that a form can send. */
export const pairedPageQuery = z.object({
  score: z.uuid().describe("Id of the score whose decisions are compared"),
  threshold: z.coerce.number().optional().describe("Without it an operating point of the report"),
  other: z.union([z.uuid(), z.literal("")]).optional().describe(
    "A score of the same exams to compare with",
  ),
  other_threshold: z.coerce.number().optional().describe("Without it `threshold`"),
  within_days: z.coerce.number().optional().describe("Empty: the list's labels"),
  margin: z.coerce.number().optional().describe("Of the sensitivity"),
});
