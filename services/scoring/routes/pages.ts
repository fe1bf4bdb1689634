import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { problems } from "../../../shared/contracts/answers.ts";
import { datasetId, scoreId } from "../../../shared/contracts/parameters.ts";
import { Problem, type ServiceApp, type ServiceEnv } from "../../../shared/http/mod.ts";
import type { ScoringDependencies } from "../app.ts";
import { makeLeaderboard } from "../leaderboard/make_leaderboard.ts";
import { PAGE_HEADERS, writeLeaderboardPage } from "../report/mod.ts";
import { reportPage } from "./report_page.ts";

/** What a page answers: HTML; what is wrong is a page too for whoever comes through the gateway. */
const PAGE_ANSWERS = {
  200: {
    description: "HTML without script, also for paper",
    content: { "text/html": { schema: z.string() } },
  },
  ...problems("not_found"),
};

/** The pages as the document has them. */
const PAGES = [
  {
    path: "/leaderboards/{dataset}",
    operationId: "readLeaderboard",
    summary: "All models on one dataset, as a page",
    description: "The leaderboard with its tests, sorted; also for data that are gone.",
    request: { params: z.object({ dataset: datasetId }) },
  },
  {
    path: "/reports/{id}",
    operationId: "readReport",
    summary: "One score report, as a page to read and print",
    description: "The whole report in words and drawings, with links to its files.",
    request: { params: z.object({ id: scoreId }) },
  },
] as const;

/**
 * Hangs the pages that people read on an app: leaderboards and score reports.
 *
 * @param app the service's app
 * @param deps what the routes work with
 */
export function addPageRoutes(app: ServiceApp, deps: ScoringDependencies): void {
  const { store } = deps;
  for (const page of PAGES) {
    const route = createRoute({ method: "get", tags: ["pages"], ...page, responses: PAGE_ANSWERS });
    app.openAPIRegistry.registerPath(route);
  }
  app.get(
    "/leaderboards/:dataset",
    (c) => page(c, () => leaderboardPage(c.req.param("dataset"), deps)),
  );
  app.get(
    "/reports/:id",
    (c) => page(c, () => reportPage(c.req.param("id"), c.get("caller"), store, "site")),
  );
}

/** Answers with a page; what is wrong becomes one at the door, where people come in. */
async function page(c: Context<ServiceEnv>, write: () => Promise<string>): Promise<Response> {
  return c.html(await write(), 200, PAGE_HEADERS);
}

async function leaderboardPage(dataset: string, deps: ScoringDependencies): Promise<string> {
  const leaderboard = await makeLeaderboard(dataset, deps);
  if (leaderboard === null) {
    throw new Problem("not_found", `There is no dataset ${JSON.stringify(dataset)} with scores`);
  }
  return writeLeaderboardPage(leaderboard);
}
