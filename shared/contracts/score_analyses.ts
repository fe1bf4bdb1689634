import { z } from "@hono/zod-openapi";
import { ANALYSIS_THRESHOLDS_MAX, OPERATING_POINTS_MAX } from "../limits.ts";
import {
  callsSchema,
  designAreaSchema,
  designSchema,
  designShareSchema,
  judgedSchema,
} from "./design_estimates.ts";
import { intervalSchema } from "./estimates.ts";
import { LEVELS } from "./scores.ts";
import { chosenThresholdSchema, thresholdRequest, tuneRequest } from "./thresholds.ts";
import { truthRulesRequest } from "./truth.ts";

const share = z.number().min(0).max(1);

const bandRequest = z.strictObject({
  focus: z.enum(["specificity", "sensitivity"]),
  from: share,
  to: share,
}).refine(({ from, to }) => from < to, { message: "from must be below to", path: ["from"] });

/** `POST /v1/score-analyses`. */
export const analysisRequest = z.strictObject({
  score: z.uuid(),
  level: z.enum(LEVELS).nullable().default(null).describe(
    "null: whole exams where the score has them, otherwise breasts",
  ),
  truth: truthRulesRequest,
  weighted: z.boolean().default(true).describe("Whether samples count by their exam's weight"),
  stratified: z.boolean().default(true).describe(
    "Whether the exams' strata are those of the sampling",
  ),
  clustered: z.boolean().default(true).describe(
    "Whether standard errors take all samples of a woman (of an exam, where women are not known) together",
  ),
  confidence: z.number().min(0.5).max(0.999).default(0.95),
  thresholds: z.array(thresholdRequest).max(OPERATING_POINTS_MAX).default([]),
  net_benefit: z.strictObject({
    thresholds: z.array(z.number().min(0).lt(1)).min(1).max(ANALYSIS_THRESHOLDS_MAX).describe(
      "Threshold 0 recalls scores above 0",
    ),
    prevalence: z.number().gt(0).lt(1).nullable().default(null).describe(
      "Share of cancers in the intended population; null: that of the exams",
    ),
    censoring: z.enum(["leave_out", "kaplan_meier"]).default("leave_out").describe(
      "What becomes of exams that were not followed to the horizon of `truth`: left out, or kept as long as they " +
        "were followed, with the risk among the recalled by Kaplan and Meier",
    ),
  }).refine(({ prevalence, censoring }) => prevalence === null || censoring === "leave_out", {
    message: "cannot be combined with censoring kaplan_meier",
    path: ["prevalence"],
  }).nullable().default(null),
  partial_auc: z.array(bandRequest).max(OPERATING_POINTS_MAX).default([]),
  recalibration: z.strictObject({ tune: tuneRequest }).nullable().default(null).describe(
    "Fits logistic and isotonic recalibration on some women and judges them on the others",
  ),
}).openapi("AnalysisRequest");

export type AnalysisRequest = z.infer<typeof analysisRequest>;

const count = z.number().int().nonnegative();

const benefitSchema = z.object({
  true_positive_rate: z.number().nullable().describe(
    "Of all exams; null if none of the recalled was followed to the horizon",
  ),
  false_positive_rate: z.number().nullable(),
  net_benefit: z.number().nullable(),
  se: z.number().nullable(),
  ci: intervalSchema,
});

const resultSchema = z.object({
  truth: z.object({ within_days: count, left_out: count }).nullable(),
  count,
  positives: count,
  design: designSchema,
  prevalence: designShareSchema,
  auroc: designAreaSchema.extend({
    delong: z.object({
      se: z.number().nullable(),
      ci: intervalSchema.describe("Normal"),
      ci_logit: intervalSchema,
    }).nullable().describe("DeLong's, by sample; null with weights"),
  }),
  average_precision: designAreaSchema,
  auprc: designAreaSchema,
  ...judgedSchema.shape,
  thresholds: z.array(z.object({
    threshold: z.number().nullable().describe("null if there are several"),
    chosen: z.array(chosenThresholdSchema),
    count: count.describe("Samples reported: those that no threshold was chosen on"),
    ...callsSchema.shape,
    by_detection: z.array(z.object({ detection: z.string(), positives: count, called: count })),
  })),
  net_benefit: z.array(z.object({
    threshold: z.number(),
    model: benefitSchema.extend({
      standardized: z.number().nullable().describe("Net benefit over the prevalence"),
      interventions_avoided_per_100: z.number().nullable().describe(
        "Against recalling everybody; null at threshold 0",
      ),
    }),
    all: benefitSchema.describe("Recalls everybody"),
    none: z.object({ net_benefit: z.literal(0) }).describe("Recalls nobody"),
  })).nullable().describe("null if not asked for, or if scores are no probabilities"),
  partial_auc: z.array(z.object({
    focus: z.enum(["specificity", "sensitivity"]),
    from: z.number(),
    to: z.number(),
    raw: z.number().nullable(),
    corrected: z.number().nullable().describe("McClish's: 0.5 is chance, 1 the most"),
    se_jackknife: z.number().nullable().describe("Of `raw`"),
    at_from: z.number().nullable().describe(
      "Sensitivity at specificity `from`, or the reverse: the highest there, interpolated between thresholds",
    ),
    at_to: z.number().nullable(),
  })),
  recalibration: z.array(judgedSchema.extend({
    method: z.enum(["none", "logistic", "isotonic"]),
    count: count.describe("Samples judged: those that nothing was fitted on"),
  })).nullable(),
}).openapi("AnalysisResult");

export type AnalysisResult = z.infer<typeof resultSchema>;

/** Measures of a score for decisions. */
export const analysisSchema = z.object({
  score: z.uuid(),
  level: z.enum(LEVELS),
  model: z.string().nullable(),
  experiment: z.string().nullable(),
  women: count.nullable(),
  confidence: z.number(),
  results: z.array(resultSchema).describe("One for each horizon of `truth`, otherwise one"),
}).openapi("ScoreAnalysis");

export type ScoreAnalysis = z.infer<typeof analysisSchema>;

const numbers = z.string().default("").describe("Numbers, separated by commas");

/** `GET /score-analyses`: the same as an HTML page, with a query that a form can send. */
export const analysisPageQuery = z.object({
  score: z.uuid().describe("Id of the score to measure"),
  within_days: numbers.describe("Horizons in days, separated by commas; empty: the list's labels"),
  thresholds: numbers.describe(
    "Separated by commas; without it the operating points of the report",
  ),
  specificity: z.coerce.number().optional().describe(
    "Also a threshold for this specificity, chosen on other women",
  ),
  up_to: z.coerce.number().optional().describe("Highest threshold of the net benefit"),
  prevalence: z.coerce.number().optional().describe("For the net benefit"),
  recalibrate: z.enum(["yes", ""]).default("").describe("Whether scores are also recalibrated"),
});
