import { z } from "@hono/zod-openapi";
import { LATERALITIES } from "../domain/mod.ts";

const share = z.number().min(0).max(1).nullable();

/** What one score says of one exam. */
export const examScoreSchema = z.object({
  score: z.string().openapi({ description: "Id of the score" }),
  exam: z.string(),
  breasts: z.array(z.object({
    laterality: z.enum(LATERALITIES).nullable().openapi({ description: "null: the whole exam" }),
    score: z.number(),
    malignant: z.boolean(),
    rank_among_negatives: share.openapi({
      description: "Share of breasts without cancer that score lower; equal scores count half",
    }),
    rank_among_positives: share.openapi({
      description: "Share of breasts with cancer that score lower; equal scores count half",
    }),
  })),
}).openapi("ExamScore");

/** What one score says of one exam. */
export type ExamScore = z.infer<typeof examScoreSchema>;
