import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { problemAnswer } from "../../../shared/contracts/common.ts";
import {
  Problem,
  problemResponse,
  PROBLEMS,
  type ServiceApp,
  type ServiceEnv,
} from "../../../shared/http/mod.ts";
import type { ScoringDependencies } from "../app.ts";
import { makeLeaderboard } from "../leaderboard/make_leaderboard.ts";
import { writeProblemPage } from "../../../shared/pages/mod.ts";
import { PAGE_HEADERS, REPORT_LOOK, writeLeaderboardPage } from "../report/mod.ts";
import { reportPage } from "./report_page.ts";

/** What a page answers: HTML, also where something is wrong, unless a program asks. */
const PAGE_ANSWERS = {
  200: {
    description: "HTML without script, also for paper",
    content: { "text/html": { schema: z.string() } },
  },
  default: {
    description: "A problem (RFC 9457); as HTML for whoever accepts that",
    content: { ...problemAnswer.content, "text/html": { schema: z.string() } },
  },
};

/** The pages as the document has them. */
const PAGES = [
  {
    path: "/leaderboards/{dataset}",
    summary: "All models on one dataset, as a page",
    request: { params: z.object({ dataset: z.string().openapi({ example: "sample" }) }) },
  },
  {
    path: "/reports/{id}",
    summary: "One score report, as a page to read and print",
    request: { params: z.object({ id: z.string() }) },
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
  for (const { path, summary, request } of PAGES) {
    const route = createRoute({ method: "get", path, summary, request, responses: PAGE_ANSWERS });
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

/** Answers with a page; what is wrong is a page too, unless a program asks. */
async function page(c: Context<ServiceEnv>, write: () => Promise<string>): Promise<Response> {
  try {
    return c.html(await write(), 200, PAGE_HEADERS);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const requestId = c.get("requestId");
    if (!(c.req.header("accept") ?? "").includes("text/html")) {
      return problemResponse(error, requestId);
    }
    const { status, title } = PROBLEMS[error.type];
    return c.html(
      writeProblemPage(REPORT_LOOK, title, error.message, requestId),
      status,
      PAGE_HEADERS,
    );
  }
}

async function leaderboardPage(dataset: string, deps: ScoringDependencies): Promise<string> {
  const leaderboard = await makeLeaderboard(dataset, deps);
  if (leaderboard === null) {
    throw new Problem("not_found", `There is no dataset ${JSON.stringify(dataset)} with scores`);
  }
  return writeLeaderboardPage(leaderboard);
}
