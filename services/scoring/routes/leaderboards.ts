import { createRoute, z } from "@hono/zod-openapi";
import { accepts } from "hono/accepts";
import { jsonAnswer, problemAnswer } from "../../../shared/contracts/common.ts";
import { leaderboardSchema } from "../../../shared/contracts/leaderboards.ts";
import { Problem, type ServiceApp } from "../../../shared/http/mod.ts";
import type { ScoringDependencies } from "../app.ts";
import { leaderboardCsv } from "../leaderboard/leaderboard_csv.ts";
import { makeLeaderboard } from "../leaderboard/make_leaderboard.ts";
import { CONTENT_TYPES } from "./content_types.ts";

const CSV_ENDING = ".csv";

/**
 * Hangs `/v1/leaderboards` on an app.
 *
 * @param app the service's app
 * @param deps what the routes work with
 */
export function addLeaderboardRoutes(app: ServiceApp, deps: ScoringDependencies): void {
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/leaderboards",
      summary: "List the datasets that have scores",
      responses: {
        200: jsonAnswer(
          z.object({
            items: z.array(z.object({ dataset: z.string(), scores: z.number().int() })),
          }),
          "Datasets with how many scores each has",
        ),
      },
    }),
    async (c) => {
      const counts = new Map<string, number>();
      for (const { dataset } of await deps.store.headings()) {
        if (dataset !== null) counts.set(dataset, (counts.get(dataset) ?? 0) + 1);
      }
      const items = [...counts].map(([dataset, scores]) => ({ dataset, scores }));
      return c.json({ items: items.sort((a, b) => a.dataset < b.dataset ? -1 : 1) }, 200);
    },
  );

  const boardRoute = createRoute({
    method: "get",
    path: "/v1/leaderboards/{dataset}",
    summary: "All models on one dataset; CSV for Accept: text/csv, or with .csv at the end",
    request: { params: z.object({ dataset: z.string().openapi({ example: "sample" }) }) },
    responses: {
      200: {
        description: "The leaderboard",
        content: {
          "application/json": { schema: leaderboardSchema },
          "text/csv": { schema: z.string() },
        },
      },
      default: problemAnswer,
    },
  });
  app.openapi(boardRoute, async (c) => {
    const { dataset } = c.req.valid("param");
    const named = dataset.endsWith(CSV_ENDING);
    const id = named ? dataset.slice(0, -CSV_ENDING.length) : dataset;
    const leaderboard = await makeLeaderboard(id, deps);
    if (leaderboard === null) {
      throw new Problem("not_found", `There is no dataset ${JSON.stringify(id)} with scores`);
    }
    const type = accepts(c, {
      header: "Accept",
      supports: ["application/json", "text/csv"],
      default: "application/json",
    });
    if (!named && type === "application/json") return c.json(leaderboard, 200);
    return c.body(leaderboardCsv(leaderboard), 200, { "content-type": CONTENT_TYPES["csv"]! });
  });
}
