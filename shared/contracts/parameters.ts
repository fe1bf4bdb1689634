import { z } from "@hono/zod-openapi";

export const evaluationId = z.string().describe("Id of the evaluation, as submitting it answered");

export const scoreId = z.string().describe(
  "Id of the score; that of an evaluation's score is the evaluation's",
);

export const datasetId = z.string().describe("Id of the dataset, or its name");

export const examId = z.string().describe("Id of the exam in the data list");

export const modelName = z.string().describe("Name of the model's folder");

export const studyId = z.string().describe("Id of the reader study");

/** `Prefer` header for slow operations (RFC 7240). */
export const preferHeader = z.string().optional().openapi({
  description: "`wait=N` delays the answer until it is done, for at most N seconds",
  example: "wait=60",
});

/** `Idempotency-Key` header for operations that must not run twice. */
export const idempotencyKey = z.string().optional().describe(
  "Any text: the same request with the same key is executed once",
);

export const pageCursor = z.string().optional().describe(
  "`next_cursor` of the page before; the first page without it",
);

/** Query of `GET /reports/{id}`. */
export const reportPageQuery = z.object({
  at: z.string().optional().describe(
    "Position of the slider over thresholds, from 0; for those who may see the truth",
  ),
});
