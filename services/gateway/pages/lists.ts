import { z } from "zod";
import { evaluationSchema } from "../../../shared/contracts/evaluations.ts";
import type { ScoreReport } from "../../../shared/contracts/scores.ts";

/** A page of evaluations from the API. */
export const evaluationList = z.object({
  items: z.array(evaluationSchema),
  next_cursor: z.string().nullable(),
});

/** A page of scores. They come from our own service and are large, so they are not validated again. */
export const scoreList = z.object({
  items: z.array(z.custom<ScoreReport>()),
  next_cursor: z.string().nullable(),
});
