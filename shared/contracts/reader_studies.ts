import { z } from "@hono/zod-openapi";
import { faultSchema, moment } from "./common.ts";
import { estimateSchema, intervalSchema, zTestSchema } from "./estimates.ts";
import { SEARCH_CHARACTERS_MAX } from "../limits.ts";
import { levelSchema, reportsPageQuery } from "./scores.ts";

export const READER_SCALES = ["probability", "percent", "grade"] as const;

export type ReaderScale = (typeof READER_SCALES)[number];

/** Metrics of one reader or model. */
export const raterSchema = levelSchema.omit({ plots: true }).extend({
  name: z.string(),
  column: z.string(),
}).openapi("Rater");

export type RaterReport = z.infer<typeof raterSchema>;

const meanSchema = z.object({
  mean: z.number().nullable(),
  sd: z.number().nullable().describe(
    "Sample standard deviation over readers; null for fewer than two",
  ),
});

/** A difference of two AUROCs with its test. */
const differenceSchema = zTestSchema.extend({ difference: estimateSchema });

export const readerStudySchema = z.object({
  id: z.uuid(),
  name: z.string().nullable(),
  rows: z.number().int(),
  cases: z.number().int(),
  women: z.number().int().nullable().optional().describe(
    "Women by patient_id: intervals and tests take all cases of a woman together; null where nobody knows " +
      "whose cases they are",
  ),
  positives: z.number().int(),
  readers: z.array(raterSchema),
  models: z.array(raterSchema),
  reader_mean: z.object({
    readers: z.number().int(),
    auroc: meanSchema,
    auprc: meanSchema,
    average_precision: meanSchema,
  }).nullable(),
  against_readers: z.array(differenceSchema.extend({ model: z.string(), reader: z.string() }))
    .describe("AUROC of the model minus that of the reader; DeLong clustered by case, or by woman"),
  against_reader_mean: z.array(z.object({
    model: z.string(),
    difference: estimateSchema,
    these_readers: zTestSchema.describe("These readers, other cases"),
    readers_at_large: z.object({
      ci: intervalSchema,
      t: z.number().nullable(),
      df: z.number().nullable().describe(
        "Degrees of freedom; null with a p value if all readers have the same AUROC: the normal distribution is used",
      ),
      p: z.number().nullable(),
      p_holm: z.number().nullable(),
      undefined: z.string().nullable(),
    }).describe("Other readers and other cases (Obuchowski-Rockette, Hillis)"),
  })),
  hybrids: z.object({
    weight: z.number().describe("Share of the model in weight x model + rest x reader"),
    reader_scale: z.number().describe(
      "Divisor for hybrids of the scores of readers who rate in percent: 100; 1 if none does",
    ),
    reader_scales: z.array(z.object({
      reader: z.string(),
      scale: z.enum(READER_SCALES).nullable().describe("null: not recognised; send reader_scale"),
    })).optional().describe("The scale of each reader, stated or recognised"),
    pairs: z.array(z.object({
      model: z.string(),
      reader: z.string(),
      by: z.enum(["probability", "rank"]).optional().describe(
        "What the hybrid averages: probabilities, or ranks if the reader gives grades",
      ),
      auroc: estimateSchema.extend({ ci_delong_by_case: intervalSchema }),
      auprc: estimateSchema,
      average_precision: estimateSchema,
      gain: differenceSchema.describe("AUROC of the hybrid minus that of the reader"),
    })),
    sweep: z.array(z.object({
      model: z.string(),
      points: z.array(z.object({
        weight: z.number(),
        mean: z.number().nullable(),
        sd: z.number().nullable(),
      })).describe("Mean AUROC over readers at each weight"),
    })),
    undefined: z.string().nullable(),
  }),
  reader_threshold: z.number().nullable().describe(
    "Readers' points in the plot: positive when score >= threshold",
  ),
  plots: z.object({ roc: z.string(), roc_svg: z.string() }),
  warnings: z.array(faultSchema),
  provenance: z.record(z.string(), z.unknown()),
  created_at: moment,
}).openapi("ReaderStudy");

export type ReaderStudyReport = z.infer<typeof readerStudySchema>;

/** Orders of the list of reader studies; equal ones newest first. */
export const STUDY_ORDERS = ["newest", "oldest", "name", "cases"] as const;

/** Query of the list of reader studies. */
export const studiesQuery = reportsPageQuery.extend({
  search: z.string().max(SEARCH_CHARACTERS_MAX).optional().describe(
    "Only studies with this text in their name, or in the name of a reader or model",
  ),
  sort: z.enum(STUDY_ORDERS).default("newest").describe("Order of the list"),
});
