import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { comparisonPageQuery, comparisonRequest } from "../../../shared/contracts/comparisons.ts";
import { pairedPageQuery } from "../../../shared/contracts/paired_decisions.ts";
import { analysisPageQuery } from "../../../shared/contracts/score_analyses.ts";
import { simulationPageQuery } from "../../../shared/contracts/screening.ts";
import { problems } from "../../../shared/contracts/answers.ts";
import {
  datasetId,
  reportPageQuery,
  scoreId,
  studyId,
} from "../../../shared/contracts/parameters.ts";
import {
  invalidRequest,
  mayAccessTruth,
  mayDo,
  Problem,
  type ServiceApp,
  type ServiceEnv,
} from "../../../shared/http/mod.ts";
import type { ScoringDependencies } from "../dependencies.ts";
import type { Asker } from "../compute/compute.ts";
import { makeLeaderboard } from "../leaderboard/make_leaderboard.ts";
import {
  PAGE_HEADERS,
  SLIDER_HEADERS,
  writeComparisonPage,
  writeLeaderboardPage,
  writeStudyPage,
} from "../report/pages/mod.ts";
import { readScoresAs } from "../store/score_reader.ts";
import type { StudyStore } from "../store/study_store.ts";
import { askerOf } from "./asker.ts";
import { findStudy } from "./reader_studies.ts";
import { curvesOf, reportPage } from "./report_page.ts";
import { pairedPage } from "./paired_decisions.ts";
import { analysisPage } from "./score_analyses.ts";
import { simulationPage } from "./screening_simulations.ts";
import { makeComparison } from "./comparisons.ts";

/** Pages are HTML; the gateway turns errors into pages too. */
const PAGE_ANSWERS = {
  200: {
    description: "HTML without script, also for paper",
    content: { "text/html": { schema: z.string() } },
  },
  ...problems("not_found"),
};

const PAGES = [
  {
    path: "/leaderboards/{dataset}",
    operationId: "readLeaderboard",
    summary: "All models on one dataset, as a page",
    description: "The leaderboard with its tests; also for deleted datasets.",
    request: { params: z.object({ dataset: datasetId }) },
  },
  {
    path: "/reports/{id}",
    operationId: "readReport",
    summary: "One score report, as a page to read and print",
    description: "The whole report with charts and links to its files.",
    request: { params: z.object({ id: scoreId }), query: reportPageQuery },
  },
  {
    path: "/comparisons",
    operationId: "readComparison",
    summary: "Scores over the same exams, compared, as a page",
    description: "Computed at every request, as by POST /v1/comparisons.",
    request: { query: comparisonPageQuery },
    answers: problems("invalid_request", "forbidden", "scores_not_comparable"),
  },
  {
    path: "/screening-simulations",
    operationId: "readSimulation",
    summary: "What a screening programme would do with a model, as a page",
    description: "Every pathway that the recorded reads allow, at one threshold each.",
    request: { query: simulationPageQuery },
    answers: problems("invalid_request", "forbidden"),
  },
  {
    path: "/score-analyses",
    operationId: "readAnalysis",
    summary: "Measures of a score for decisions, as a page",
    description: "Computed at every request, as by POST /v1/score-analyses.",
    request: { query: analysisPageQuery },
    answers: problems("invalid_request", "forbidden"),
  },
  {
    path: "/paired-decisions",
    operationId: "readPairedDecisions",
    summary: "A model beside readers or another model on the same women, as a page",
    description: "Every decision that is recorded, as by POST /v1/paired-decisions.",
    request: { query: pairedPageQuery },
    answers: problems("invalid_request", "forbidden"),
  },
  {
    path: "/reader-studies/{id}",
    operationId: "readReaderStudy",
    summary: "One reader study, as a page to read and print",
    description:
      "Readers' points over the models' curves, tests of each model against the readers.",
    request: { params: z.object({ id: studyId }) },
  },
];

/** Adds the pages to an app: leaderboards, reports, comparisons, reader studies, decisions. */
export function addPageRoutes(app: ServiceApp, deps: ScoringDependencies): void {
  const { store, studies } = deps;
  for (const { answers = {}, ...page } of PAGES) {
    const responses = { ...PAGE_ANSWERS, ...answers };
    const route = createRoute({ method: "get", tags: ["pages"], ...page, responses });
    app.openAPIRegistry.registerPath(route);
  }
  app.get(
    "/leaderboards/:dataset",
    (c) => page(c, () => leaderboardPage(c.req.param("dataset"), deps, askerOf(c))),
  );
  app.get(
    "/reports/:id",
    async (c) => {
      const { id } = c.req.param();
      const html = await reportPage(id, c.get("caller"), store, "site", c.req.query("at"));
      return c.html(html, 200, SLIDER_HEADERS);
    },
  );
  app.get("/comparisons", (c) => page(c, () => comparisonPage(c.req.queries(), deps, askerOf(c))));
  for (
    const [path, write] of [
      ["/screening-simulations", simulationPage],
      ["/score-analyses", analysisPage],
      ["/paired-decisions", pairedPage],
    ] as const
  ) {
    app.get(
      path,
      async (c) => c.html(await write(c.req.query(), deps, askerOf(c)), 200, SLIDER_HEADERS),
    );
  }
  app.get("/reader-studies/:id", (c) =>
    page(c, () => {
      const mayDelete = mayDo(c.get("caller").role, "admin");
      return studyPage(c.req.param("id"), mayDelete, studies);
    }));
}

/** Responds with a page; the gateway turns errors into pages. */
async function page(c: Context<ServiceEnv>, write: () => Promise<string>): Promise<Response> {
  return c.html(await write(), 200, PAGE_HEADERS);
}

async function leaderboardPage(
  dataset: string,
  deps: ScoringDependencies,
  asker: Asker,
): Promise<string> {
  const reader = readScoresAs(asker.caller, deps.store);
  const id = await deps.store.datasetId(dataset);
  const leaderboard = await makeLeaderboard(id, { ...deps, reader }, asker);
  if (leaderboard === null) {
    throw new Problem("not_found", `There is no dataset ${JSON.stringify(dataset)} with scores`);
  }
  return writeLeaderboardPage(leaderboard, mayAccessTruth(asker.caller, { dataset }));
}

async function studyPage(
  id: string,
  mayDelete: boolean,
  studies: StudyStore,
): Promise<string> {
  const report = await findStudy(id, studies);
  const roc = await studies.file(report.id, "roc.svg");
  const drawn = roc === null ? null : new TextDecoder().decode(roc);
  return writeStudyPage({ report, roc: drawn, mayDelete });
}

/** @throws {Problem} if the query is invalid or the scores cannot be compared */
async function comparisonPage(
  query: Readonly<Record<string, string[]>>,
  deps: Pick<ScoringDependencies, "store" | "compute">,
  asker: Asker,
): Promise<string> {
  const { score: scores = [], level, reference, margin, bootstrap } = query;
  if (scores.length < 2) {
    throw new Problem("invalid_request", "Choose at least two scores over the same exams");
  }
  const parsed = comparisonRequest.safeParse({
    scores,
    ...named("level", level),
    ...named("reference", reference),
    ...named("margin", margin, Number),
    ...named("bootstrap", bootstrap, (text) => text !== "false"),
  });
  if (!parsed.success) throw invalidRequest(parsed.error, "query");
  const { comparison, discordant, seen } = await makeComparison(parsed.data, deps, asker);
  const reader = readScoresAs(asker.caller, deps.store);
  const curves = await Promise.all(seen.map((score) => curvesOf(score, reader)));
  return writeComparisonPage({
    comparison,
    discordant,
    dataset: seen[0]!.whole.dataset,
    rocs: curves.map((of) => of?.[comparison.level]?.roc ?? []),
  });
}

function named(
  name: string,
  values: readonly string[] = [],
  read: (text: string) => unknown = (text) => text,
): Record<string, unknown> {
  const [text = ""] = values;
  return text === "" ? {} : { [name]: read(text) };
}
