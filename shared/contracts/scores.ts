import { z } from "@hono/zod-openapi";
import { faultSchema, moment, slug } from "./common.ts";
import { bootstrapRequest } from "./evaluations.ts";

/** `POST /v1/scores` as inference sends it: predictions that lie on the volume. */
export const scoreOrderRequest = z.strictObject({
  dataset: slug,
  predictions: z.string().min(1).openapi({ description: "Path on the results volume" }),
  model: slug,
  experiment: slug,
  evaluation: z.uuid().openapi({ description: "The score gets the same id" }),
  bootstrap: bootstrapRequest.default(true),
  provenance: z.record(z.string(), z.unknown()).default({}),
}).openapi("ScoreOrder");

/** Predictions on the volume that shall be scored. */
export type ScoreOrder = z.infer<typeof scoreOrderRequest>;

/** A confidence interval: lower and upper limit; null where it is undefined. */
const interval = z.tuple([z.number(), z.number()]).nullable();

const undefinedReason = z.string().nullable().openapi({
  description: "Why the value or its interval is missing; null when nothing is",
});

/** An area under a curve with its intervals. */
export const areaSchema = z.object({
  value: z.number().nullable(),
  ci: interval.openapi({
    description: "Percentile bootstrap over rows, as the metarepository does it",
  }),
  ci_by_exam: interval.openapi({ description: "Percentile bootstrap over exams: the honest one" }),
  undefined: undefinedReason,
}).openapi("Area");

/** One level of a score report. */
export const levelSchema = z.object({
  count: z.number().int(),
  positives: z.number().int(),
  exams: z.number().int(),
  auroc: areaSchema.extend({ ci_delong: interval }),
  auprc: areaSchema,
  average_precision: areaSchema,
  brier: z.object({ value: z.number().nullable(), undefined: undefinedReason }),
  bootstrap: z.object({
    method: z.literal("percentile"),
    quantile_type: z.literal("R-7"),
    replicates: z.number().int(),
    used: z.number().int(),
    discarded: z.number().int(),
    used_by_exam: z.number().int(),
    discarded_by_exam: z.number().int(),
    seed: z.number().int(),
    confidence: z.number(),
  }).nullable(),
  plots: z.object({
    roc: z.string(),
    pr: z.string(),
    roc_svg: z.string(),
    pr_svg: z.string(),
    curves: z.string(),
  }),
}).openapi("ScoreLevel");

/** One level of a score report. */
export type LevelReport = z.infer<typeof levelSchema>;

/** A score report. */
export const scoreReportSchema = z.object({
  id: z.uuid(),
  dataset: slug.nullable(),
  model: z.string().nullable(),
  experiment: z.string().nullable(),
  evaluation: z.uuid().nullable(),
  levels: z.object({ breast: levelSchema, image: levelSchema.optional() }),
  warnings: z.array(faultSchema),
  warnings_total: z.number().int(),
  provenance: z.record(z.string(), z.unknown()),
  created_at: moment,
}).openapi("ScoreReport");

/** A score report. */
export type ScoreReport = z.infer<typeof scoreReportSchema>;

/** Levels that a score report may have. */
export const LEVELS = ["breast", "image"] as const;

/** The files drawn for each level. */
export const PLOT_FILES = ["roc.png", "pr.png", "roc.svg", "pr.svg", "curves.csv"] as const;
