import { z } from "@hono/zod-openapi";
import { moment, slug } from "./common.ts";
import { estimateSchema, zTestSchema } from "./estimates.ts";
import { levelSchema, levelsOf } from "./scores.ts";

/** One level of one model on a leaderboard. */
export const leaderboardLevelSchema = levelSchema.pick({
  count: true,
  positives: true,
  exams: true,
  women: true,
  undefined: true,
  auroc: true,
  auprc: true,
  average_precision: true,
  brier: true,
}).extend({
  rank: z.number().int().nullable().describe(
    "By AUROC, 1 is the best; ties share a rank; null if the AUROC is undefined. Uploaded predictions are " +
      "ranked and compared with their best separately",
  ),
  against_best: zTestSchema.extend({ difference: estimateSchema }).nullable().describe(
    "AUROC minus that of the best: DeLong clustered by exam. `p_holm` is corrected over all pairs of " +
      "models, so it is valid although the best was chosen on the same exams; difference and interval " +
      "are not corrected and overestimate the lead. null: this is the best",
  ),
}).openapi("LeaderboardLevel");

export type LeaderboardLevel = z.infer<typeof leaderboardLevelSchema>;

export const SCORE_ORIGINS = ["evaluated", "ensemble", "uploaded"] as const;

/** A model version with its parameters. */
export const leaderboardEntrySchema = z.object({
  model: z.string().nullable(),
  model_version: z.string().nullable(),
  parameters: z.record(z.string(), z.unknown()),
  experiment: z.string().nullable(),
  score: z.uuid().describe("The score that counts: the latest"),
  evaluation: z.uuid().nullable(),
  scores: z.number().int().describe("Scores of this version and parameters"),
  superseded: z.array(z.uuid()).describe("Earlier scores, newest first"),
  evaluations: z.number().int().describe(
    "Finished evaluations of this version, whatever the parameters",
  ),
  quota_left_at_most: z.number().int().nullable().describe(
    "Evaluations by model authors, including failures of the model, as in /v1/usage. null if it was not evaluated here",
  ),
  levels: levelsOf(leaderboardLevelSchema),
  warnings_total: z.number().int(),
  provenance: z.record(z.string(), z.unknown()),
  created_at: moment,
  origin: z.enum(SCORE_ORIGINS).describe(
    "evaluated: the model ran here; ensemble: combined from other scores; uploaded: existing predictions",
  ),
}).openapi("LeaderboardEntry");

export type LeaderboardEntry = z.infer<typeof leaderboardEntrySchema>;

/** All models on one dataset. */
export const leaderboardSchema = z.object({
  dataset: slug,
  dataset_digest: z.string().nullable(),
  entries: z.array(leaderboardEntrySchema).describe(
    "By rank at breast level, then at exam level; those whose `origin` is `uploaded` come after all others",
  ),
  excluded: z.array(z.object({
    score: z.uuid(),
    model: z.string().nullable(),
    reason: z.string(),
  })).describe("Scores of the dataset that cannot be compared"),
  note: z.string().nullable().describe("What the ranks do not count: the weights of sampled exams"),
  created_at: moment,
}).openapi("Leaderboard");

export type Leaderboard = z.infer<typeof leaderboardSchema>;

/** Datasets that have scores, with the number of scores. */
export const leaderboardListSchema = z.object({
  items: z.array(z.object({ dataset: z.string(), scores: z.number().int() })),
});
