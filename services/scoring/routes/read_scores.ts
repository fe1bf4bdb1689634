import { createRoute, z } from "@hono/zod-openapi";
import { jsonAnswer, problemAnswer } from "../../../shared/contracts/common.ts";
import { pageOf } from "../../../shared/contracts/datasets.ts";
import { scoreReportSchema } from "../../../shared/contracts/scores.ts";
import type { ServiceApp } from "../../../shared/http/mod.ts";
import { SCORES_PAGE_DEFAULT, SCORES_PAGE_MAX } from "../../../shared/limits.ts";
import type { ScoringDependencies } from "../app.ts";
import { listScores, type ScoreFilter } from "../list_scores.ts";
import { findScore, seenBy } from "./find_score.ts";

const idParam = z.object({ id: z.string() });

/** Moment and id: uploads have ids without time, and the score that it names may be deleted meanwhile. */
const CURSOR_PATTERN = /^(\d{4}-\d\d-\d\dT[\d:.]+Z)_([0-9a-f-]{36})$/;

const listQuery = z.object({
  model: z.string().optional(),
  dataset: z.string().optional(),
  cursor: z.string().regex(CURSOR_PATTERN, "send next_cursor of the page before").optional()
    .openapi({
      description: "next_cursor of the page before",
    }),
  limit: z.coerce.number().int().min(1).max(SCORES_PAGE_MAX).default(SCORES_PAGE_DEFAULT),
});

/**
 * Hangs on an app what shows scores and deletes them.
 *
 * @param app the service's app
 * @param deps what the routes work with
 */
export function addScoreReadingRoutes(app: ServiceApp, { store }: ScoringDependencies): void {
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/scores",
      summary: "List the scores, newest first",
      request: { query: listQuery },
      responses: {
        200: jsonAnswer(pageOf(scoreReportSchema), "A page of score reports"),
        default: problemAnswer,
      },
    }),
    async (c) => {
      const { cursor, ...filter } = c.req.valid("query");
      const { reports, more } = await listScores({ ...filter, after: placeOf(cursor) }, store);
      const items = reports.map((report) => seenBy(c.get("caller"), report));
      const last = reports.at(-1);
      const next = more && last !== undefined ? `${last.created_at}_${last.id}` : null;
      return c.json({ items, next_cursor: next }, 200);
    },
  );

  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/scores/{id}",
      summary: "One score report",
      request: { params: idParam },
      responses: { 200: jsonAnswer(scoreReportSchema, "The score report"), default: problemAnswer },
    }),
    async (c) => {
      const report = await findScore(c.req.valid("param").id, store);
      return c.json(seenBy(c.get("caller"), report), 200);
    },
  );

  app.openapi(
    createRoute({
      method: "delete",
      path: "/v1/scores/{id}",
      summary: "Delete a score; plots beside an evaluation's predictions go with the evaluation",
      request: { params: idParam },
      responses: { 204: { description: "It is gone" }, default: problemAnswer },
    }),
    async (c) => {
      await store.remove((await findScore(c.req.valid("param").id, store)).id);
      return c.body(null, 204);
    },
  );
}

function placeOf(cursor: string | undefined): ScoreFilter["after"] {
  const [, created_at, id] = cursor?.match(CURSOR_PATTERN) ?? [];
  return created_at === undefined || id === undefined ? undefined : { created_at, id };
}
