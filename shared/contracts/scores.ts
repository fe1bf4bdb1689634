import { z } from "@hono/zod-openapi";
import { LATERALITIES, VIEWS } from "../domain/mod.ts";
import { SCORES_PAGE_DEFAULT, SCORES_PAGE_MAX, SEARCH_CHARACTERS_MAX } from "../limits.ts";
import { faultSchema, moment, slug } from "./common.ts";
import { weightedSchema } from "./design_estimates.ts";
import { intervalSchema, undefinedReason } from "./estimates.ts";
import {
  BOOTSTRAP_METHODS,
  bootstrapRequest,
  operatingPointsRequest,
  prevalenceRequest,
} from "./scoring_options.ts";
import { subgroupsRequest } from "./subgroups.ts";
import { tunedPointShape } from "./thresholds.ts";
import { truthRulesRequest } from "./truth.ts";

/** `POST /v1/scores` as inference sends it: predictions on the volume. */
export const scoreOrderRequest = z.strictObject({
  dataset: slug,
  predictions: z.string().min(1).describe("Path on the results volume"),
  model: slug,
  experiment: slug,
  evaluation: z.uuid().describe("The score gets the same id"),
  bootstrap: bootstrapRequest.default(true),
  operating_points: operatingPointsRequest,
  prevalence: prevalenceRequest,
  subgroups: subgroupsRequest.default(true),
  truth: truthRulesRequest,
  required_views: z.array(z.enum(VIEWS)).default([]).describe(
    "Exams without an image in each of these views are left out",
  ),
  provenance: z.record(z.string(), z.unknown()).default({}),
}).openapi("ScoreOrder");

export type ScoreOrder = z.infer<typeof scoreOrderRequest>;

export const LEVELS = ["breast", "image", "exam"] as const;

export type Level = (typeof LEVELS)[number];

/** A value per level; image and exam may be missing. */
export type Levels<T> = { breast: T; image?: T | undefined; exam?: T | undefined };

/** Schema with one value per level. */
export function levelsOf<T extends z.ZodType>(
  schema: T,
): z.ZodObject<{ breast: T; image: z.ZodOptional<T>; exam: z.ZodOptional<T> }> {
  return z.object({ breast: schema, image: schema.optional(), exam: schema.optional() });
}

/** Maps the value of each level that is present. */
export function mapLevels<T, U>(levels: Levels<T>, make: (of: T, level: Level) => U): Levels<U> {
  const entries = LEVELS.flatMap((level) => {
    const of = levels[level];
    return of === undefined ? [] : [[level, make(of, level)] as const];
  });
  return Object.fromEntries(entries) as unknown as Levels<U>;
}

/** The level that represents a score where only one fits: breast, or exam if no breasts were scored. */
export function mainLevelOf(levels: Levels<{ readonly count: number }>): "breast" | "exam" {
  return levels.breast.count === 0 && levels.exam !== undefined ? "exam" : "breast";
}

/** Area under a curve with its intervals. */
export const areaSchema = z.object({
  value: z.number().nullable(),
  ci: intervalSchema.describe("Bootstrap over rows, as the metarepository does it"),
  ci_by_exam: intervalSchema.describe("Bootstrap over exams: the one to report"),
  undefined: undefinedReason,
}).openapi("Area");

/** A proportion or rate with its intervals. */
export const proportionSchema = z.object({
  value: z.number().nullable(),
  ci: intervalSchema.describe(
    "For a given threshold, as `ci_fixed_threshold`. For one chosen by sensitivity or " +
      "specificity: bootstrap by sample with the threshold chosen again in every replicate; for a " +
      "share of exams or a re-weighted value, over exams",
  ),
  ci_by_exam: intervalSchema.describe(
    "For a given threshold, as `ci_fixed_threshold_by_exam`. For one chosen by " +
      "sensitivity or specificity: bootstrap over exams with the threshold chosen again in every " +
      "replicate. The quantity that the threshold was chosen for has the interval of the fixed threshold",
  ),
  ci_fixed_threshold: intervalSchema.optional().describe(
    "For this threshold as fixed, even if it was chosen on these exams: Wilson; for values that " +
      "are re-weighted, from Wilson limits or on the logit scale. Absent in scores of earlier versions",
  ),
  ci_fixed_threshold_by_exam: intervalSchema.optional().describe(
    "The same with the effective number of samples, clustered by exam",
  ),
  undefined: undefinedReason,
}).openapi("Proportion");

/** A proportion re-weighted to a stated prevalence. */
export const reweightedSchema = proportionSchema.extend({
  raw: z.number().nullable().optional().describe(
    "The re-weighted share itself where `value` is adjusted; null elsewhere",
  ),
  note: z.string().nullable().optional().describe("Why `value` is adjusted; null if it is not"),
}).openapi("ReweightedProportion");

/** A counted proportion: `count` of `of`. */
export const countedSchema = proportionSchema.extend({
  count: z.number().int(),
  of: z.number().int(),
}).openapi("CountedProportion");

/** Samples at or above a threshold count as positive. Intervals include the choice made on the same exams. */
export const operatingPointSchema = z.object({
  name: z.string().openapi({ example: "specificity>=0.90" }),
  threshold: z.number().nullable().describe(
    "Positive if score >= threshold; null if no threshold satisfies the request, or if `chosen` has several",
  ),
  ...tunedPointShape,
  reaches_target: z.number().nullable().optional().describe(
    "Probability that this threshold has the sensitivity or specificity that it was chosen for " +
      "in another sample of the same size; null if the threshold was given",
  ),
  sensitivity: countedSchema,
  specificity: countedSchema,
  ppv: countedSchema,
  npv: countedSchema,
  recall_rate: countedSchema.describe("Share of exams with any positive call"),
  cancer_detection_rate: countedSchema.describe("Exams with a detected cancer, per 1,000 exams"),
  at_prevalence: z.object({
    prevalence: z.number().describe("Stated share of exams with cancer"),
    ppv: reweightedSchema,
    npv: reweightedSchema,
    recall_rate: reweightedSchema,
    cancer_detection_rate: reweightedSchema,
  }).nullable().describe("The same re-weighted to a stated prevalence; null if none was stated"),
  undefined: undefinedReason,
}).openapi("OperatingPoint");

export type OperatingPointReport = z.infer<typeof operatingPointSchema>;

const coefficientSchema = z.object({
  value: z.number().nullable(),
  ci: intervalSchema.describe("Wald"),
  ci_by_exam: intervalSchema.describe("Wald, with a variance that is robust to clusters"),
  undefined: undefinedReason,
}).openapi("CalibrationCoefficient");

/** Calibration: how well the scores, read as probabilities, match the observed frequency of cancer. */
export const calibrationSchema = z.object({
  bins: z.array(z.object({
    lower: z.number().describe("Lowest score of the bin"),
    upper: z.number().describe("Highest score of the bin"),
    count: z.number().int(),
    positives: z.number().int(),
    mean_score: z.number(),
    observed: z.number().describe("Share of positives"),
    ci: intervalSchema.describe("Wilson interval of the share"),
  })).describe("About equally many samples a bin, equal scores in the same bin"),
  slope: coefficientSchema.describe(
    "Of the logistic regression of truth on the logit of the score; 1 is ideal",
  ),
  intercept: coefficientSchema.describe("Of the same regression; 0 is ideal"),
  in_the_large: coefficientSchema.describe(
    "Intercept with the slope held at 1: above 0 when the scores are too low",
  ),
  ece: z.object({
    value: z.number().nullable(),
    debiased: z.number().nullable().optional().describe(
      "The same without the contribution of chance in bins of this size",
    ),
    undefined: undefinedReason,
  }).describe("Expected calibration error over the bins"),
  note: z.string().nullable().optional().describe(
    "States that in exams with more cancers than a clinic has, this is not a probability there",
  ),
  undefined: undefinedReason,
}).openapi("Calibration");

export type CalibrationReport = z.infer<typeof calibrationSchema>;

export const histogramSchema = z.object({
  edges: z.array(z.number()).describe(
    "Ascending, one more than bins; a bin holds its lower edge, the last both",
  ),
  positives: z.array(z.number().int()),
  negatives: z.array(z.number().int()),
}).openapi("ScoreHistogram");

/** One level of a score report. */
export const levelSchema = z.object({
  undefined: undefinedReason.optional().describe(
    "Why the level does not exist; then none of its values is defined",
  ),
  count: z.number().int(),
  positives: z.number().int(),
  exams: z.number().int(),
  exams_positive: z.number().int().describe("Exams with a positive"),
  women: z.number().int().nullable().optional().describe(
    "Women by patient_id: intervals and tests named by_exam then take all exams of a woman " +
      "together. null if the women are not known: these are intervals by exam",
  ),
  auroc: areaSchema.extend({
    ci_delong: intervalSchema.describe(
      "DeLong, DeLong and Clarke-Pearson 1988, normal on the logit scale",
    ),
    ci_delong_by_exam: intervalSchema.describe("The same for clustered data (Obuchowski 1997)"),
  }),
  auprc: areaSchema.extend({
    note: z.string().nullable().optional().describe(
      "Set if ties inflate it: use the average precision then",
    ),
  }),
  average_precision: areaSchema,
  brier: areaSchema.describe(
    "Mean squared error of the scores as probabilities; its intervals are normal ones",
  ),
  operating_points: z.array(operatingPointSchema),
  calibration: calibrationSchema,
  histogram: histogramSchema,
  weighted: weightedSchema.optional().describe(
    "The same by the exams' `weight` and `stratum`, for the programme that they were drawn from; all else " +
      "counts every exam once. Absent without weights, and for callers who may not see the truth",
  ),
  bootstrap: z.object({
    method: z.enum(BOOTSTRAP_METHODS),
    quantile_type: z.literal("R-7"),
    stratified: z.boolean(),
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
    calibration: z.string(),
    calibration_svg: z.string(),
    histogram: z.string(),
    histogram_svg: z.string(),
    curves: z.string().describe("The points of both curves, CSV"),
    samples: z.string().describe("Scores joined with the truth, CSV"),
  }),
}).openapi("ScoreLevel");

export type LevelReport = z.infer<typeof levelSchema>;

export const groupLevelSchema = levelSchema.omit({ plots: true }).extend({
  too_small: z.string().nullable().describe(
    "Why these numbers are not reliable; null if the group is large enough",
  ),
}).openapi("SubgroupLevel");

export type GroupLevel = z.infer<typeof groupLevelSchema>;

export const subgroupsSchema = z.object({
  key: z.string(),
  source: z.enum(["data_list", "attributes"]),
  bins: z.array(z.number()).nullable(),
  negatives: z.enum(["own", "all"]),
  groups: z.array(z.object({
    group: z.string().nullable().describe("null: the exams without a value"),
    exams: z.number().int(),
    levels: levelsOf(groupLevelSchema),
  })),
}).openapi("Subgroups");

export type Subgroups = z.infer<typeof subgroupsSchema>;

const missSchema = z.object({
  exam: z.string(),
  laterality: z.enum(LATERALITIES).nullable().describe(
    "null where only whole exams were scored, or their sides are not known",
  ),
  score: z.number(),
  outranked_by: z.number().int().describe(
    "Number of samples of the other class on the wrong side: for a positive the negatives at or " +
      "above its score, for a negative the positives at or below",
  ),
}).openapi("Miss");

export type Miss = z.infer<typeof missSchema>;

/** The breasts on which a model was most wrong. */
export const missesSchema = z.object({
  positives: z.array(missSchema).describe("Breasts with cancer, lowest score first"),
  negatives: z.array(missSchema).describe("Breasts without cancer, highest score first"),
}).openapi("Misses");

export type Misses = z.infer<typeof missesSchema>;

const horizonSchema = z.object({
  within_days: z.number().int(),
  positives: z.number().int().describe("Exams with a cancer within the days"),
  negatives: z.number().int().describe("Exams followed for that long without one"),
  left_out: z.number().int().describe("Exams followed for less, without a cancer so far"),
  levels: levelsOf(z.object({
    count: z.number().int(),
    positives: z.number().int(),
    auroc: z.object({
      value: z.number().nullable(),
      ci_delong: intervalSchema,
      ci_delong_by_exam: intervalSchema,
      undefined: undefinedReason,
    }),
  })),
}).openapi("HorizonReport");

export type HorizonReport = z.infer<typeof horizonSchema>;

export const scoreReportSchema = z.object({
  id: z.uuid(),
  name: z.string().optional().describe("What people call it; absent if they gave no name"),
  notes: z.string().optional().describe("What they noted about it"),
  dataset: slug.nullable(),
  model: z.string().nullable(),
  experiment: z.string().nullable(),
  evaluation: z.uuid().nullable(),
  levels: levelsOf(levelSchema).describe(
    "`breast` is there in any case; `image` where images were scored; `exam` (the higher breast, any " +
      "breast malignant) but in scores of earlier versions",
  ),
  subgroups: z.array(subgroupsSchema),
  horizons: z.array(horizonSchema).optional().describe(
    "One row for each horizon of `truth`; absent without it",
  ),
  misses: missesSchema,
  warnings: z.array(faultSchema),
  warnings_total: z.number().int(),
  label_mismatches: z.number().int().optional().describe(
    "The warnings that depend on the truth: about the label column of the predictions file, and about " +
      "scores that equal the truth; absent for callers who may not see the truth, as these warnings are",
  ),
  provenance: z.record(z.string(), z.unknown()),
  created_at: moment,
}).openapi("ScoreReport");

export type ScoreReport = z.infer<typeof scoreReportSchema>;

/** Timestamp and id: ids of uploads contain no time, and the named score may be deleted meanwhile. */
export const SCORES_CURSOR_PATTERN = /^(\d{4}-\d\d-\d\dT[\d:.]+Z)_([0-9a-f-]{36})$/;

/** Query of a list of reports, newest first. */
export const reportsPageQuery = z.object({
  cursor: z.string().regex(SCORES_CURSOR_PATTERN, "must be next_cursor of the page before").refine(
    (cursor) => !Number.isNaN(Date.parse(cursor.split("_")[0]!)),
    "must be next_cursor of the page before",
  ).optional()
    .describe("`next_cursor` of the page before; the first page without it"),
  limit: z.coerce.number<number>().int().min(1).max(SCORES_PAGE_MAX).default(SCORES_PAGE_DEFAULT)
    .describe("Reports of a page"),
});

/** Orders of the list of scores; equal ones newest first, those without an AUROC last. */
export const SCORE_ORDERS = [
  ...["newest", "oldest", "model", "dataset", "experiment", "auroc"] as const,
] as const;

export type ScoreListOrder = (typeof SCORE_ORDERS)[number];

export const scoresQuery = reportsPageQuery.extend({
  model: z.string().optional().describe("Scores of this model only"),
  dataset: z.string().optional().describe("Scores on this dataset only"),
  search: z.string().max(SEARCH_CHARACTERS_MAX).optional().describe(
    "Only scores with this text in model, dataset, experiment, name or notes",
  ),
  sort: z.enum(SCORE_ORDERS).default("newest").describe(
    "Order of the list; by the AUROC that the caller sees, highest first",
  ),
});

/** A score with other subgroups. */
export const regroupedSchema = z.object({
  score: z.uuid(),
  subgroups: z.array(subgroupsSchema),
  warnings: z.array(faultSchema),
});

export type Regrouped = z.infer<typeof regroupedSchema>;

/** Files stored for each level. */
export const LEVEL_FILES = [
  "roc.png",
  "pr.png",
  "roc.svg",
  "pr.svg",
  "curves.csv",
  "samples.csv",
] as const;

/** Plots of each level that are drawn on request. */
export const DRAWN_FILES = [
  "calibration.png",
  "calibration.svg",
  "histogram.png",
  "histogram.svg",
] as const;

export type DrawnFile = (typeof DRAWN_FILES)[number];
