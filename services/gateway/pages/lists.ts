import { z } from "zod";
import { evaluationSchema } from "../../../shared/contracts/evaluations.ts";
import type { ScoreReport } from "../../../shared/contracts/scores.ts";

/** A page of evaluations as the API answers with it, as far as pages need it. */
export const evaluationList = z.object({
  items: z.array(evaluationSchema),
  next_cursor: z.string().nullable(),
});

/** The same of scores. They come from our own service and are large: their shape is not looked at again. */
export const scoreList = z.object({
  items: z.array(z.custom<ScoreReport>()),
  next_cursor: z.string().nullable(),
});
