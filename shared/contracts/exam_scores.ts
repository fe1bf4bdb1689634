import { z } from "@hono/zod-openapi";
import { LATERALITIES } from "../domain/mod.ts";

const share = z.number().min(0).max(1).nullable();

/** One score's results for one exam. */
export const examScoreSchema = z.object({
  score: z.string().describe("Id of the score"),
  exam: z.string(),
  breasts: z.array(z.object({
    laterality: z.enum(LATERALITIES).nullable().describe("null: the whole exam"),
    score: z.number(),
    malignant: z.boolean(),
    rank_among_negatives: share.describe(
      "Share of breasts without cancer that score lower; equal scores count half",
    ),
    rank_among_positives: share.describe(
      "Share of breasts with cancer that score lower; equal scores count half",
    ),
  })),
}).openapi("ExamScore");

export type ExamScore = z.infer<typeof examScoreSchema>;
