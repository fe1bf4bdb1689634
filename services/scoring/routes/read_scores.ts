import { createRoute, z } from "@hono/zod-openapi";
import { jsonAnswer, problemAnswer } from "../../../shared/contracts/common.ts";
import { scoreReportSchema } from "../../../shared/contracts/scores.ts";
import type { ServiceApp } from "../../../shared/http/mod.ts";
import type { ScoringDependencies } from "../app.ts";
import { findScore, seenBy } from "./find_score.ts";

const idParam = z.object({ id: z.string() });

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
      responses: {
        200: jsonAnswer(z.object({ items: z.array(scoreReportSchema) }), "All score reports"),
      },
    }),
    async (c) => {
      const reports = await store.list();
      return c.json({ items: reports.map((report) => seenBy(c.get("caller"), report)) }, 200);
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
