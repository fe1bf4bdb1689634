import { createRoute, z } from "@hono/zod-openapi";
import {
  datasetListSchema,
  type DatasetRecord,
  datasetSchema,
} from "../../../shared/contracts/datasets.ts";
import { evaluationSchema } from "../../../shared/contracts/evaluations.ts";
import { modelListSchema } from "../../../shared/contracts/models.ts";
import { Problem, type ServiceApp } from "../../../shared/http/mod.ts";
import { ITEMS_SHOWN_MAX, LOG_SHOWN_BYTES_MAX } from "../../../shared/limits.ts";
import { shareRunsByKey } from "../../../shared/share_runs.ts";
import { datasetRequestOf, writeDatasetFormPage } from "../pages/dataset_form_page.tsx";
import { writeDatasetPage } from "../pages/dataset_page.tsx";
import { evaluationRequestOf, writeEvaluationFormPage } from "../pages/evaluation_form_page.tsx";
import { writeEvaluationPage } from "../pages/evaluation_page.tsx";
import { findingsOf } from "../pages/findings.ts";
import type { Entries } from "../pages/form_parts.tsx";
import { evaluationList, scoreList } from "../pages/lists.ts";
import { LIVE_SCRIPT } from "../pages/live_script.ts";
import { writeOverviewPage } from "../pages/overview_page.tsx";
import { LIVE_SCRIPT_PATH } from "../pages/site.ts";
import type { SiteApi } from "../pages/site_api.ts";
import { addModelPages } from "./model_pages.ts";
import { type ApiFor, page, type PageContext, readEntries, refusedForm } from "./page_answers.ts";

/** The one page of the gateway that has its place in the API: programs point people to it. */
const startRoute = createRoute({
  method: "get",
  path: "/",
  operationId: "readStartPage",
  tags: ["pages"],
  summary: "What is here and what goes on, as a page",
  description: "Evaluations, scores, datasets, models and what works, with forms to add to them.",
  responses: {
    200: { description: "HTML", content: { "text/html": { schema: z.string() } } },
  },
});

/**
 * Hangs the pages on an app that people read and fill in: start page, datasets, evaluations. They are
 * made of what the API answers to whoever reads them, and forms ask the API in turn.
 *
 * @param app the gateway's app
 * @param apiFor the API in the name of who asks
 */
export function addPageRoutes(app: ServiceApp, apiFor: ApiFor): void {
  addModelPages(app, apiFor);
  app.get(LIVE_SCRIPT_PATH, (c) => {
    return c.body(LIVE_SCRIPT, 200, { "content-type": "text/javascript; charset=utf-8" });
  });
  app.openAPIRegistry.registerPath(startRoute);
  // Half a dozen questions a page, and browsers ask again every few seconds: one answer at a time for each
  // caller, since nobody sees more than they may.
  const shareOverview = shareRunsByKey<string>();
  app.get("/", (c) => {
    const { user, role } = c.get("caller");
    return page(c, () => shareOverview(`${role} ${user}`, () => overview(apiFor(c))));
  });
  app.get(
    "/datasets/new",
    (c) => page(c, () => writeDatasetFormPage({ entries: {}, problem: null })),
  );
  app.get("/datasets/:id", (c) =>
    page(c, async () => {
      const path = `/v1/datasets/${encodeURIComponent(c.req.param("id"))}`;
      return writeDatasetPage(await apiFor(c).read(path, datasetSchema));
    }));
  app.post("/datasets", (c) => takeDataset(c, apiFor(c)));
  app.get("/evaluations/new", (c) =>
    page(c, async () => {
      const entries = { ...c.req.query(), key: crypto.randomUUID() };
      return await evaluationForm(apiFor(c), entries, null);
    }));
  app.get("/evaluations/:id", (c) => page(c, () => evaluationPage(apiFor(c), c.req.param("id"))));
  app.post("/evaluations", (c) => takeEvaluation(c, apiFor(c)));
  app.post("/evaluations/:id/cancel", async (c) => {
    const id = encodeURIComponent(c.req.param("id"));
    await apiFor(c).change(`/v1/evaluations/${id}/cancel`, null, evaluationSchema);
    return c.redirect(`/evaluations/${id}`, 303);
  });
}

async function overview(api: SiteApi): Promise<string> {
  const [datasets, models, evaluations, scores, diagnosis] = await Promise.all([
    api.read("/v1/datasets", datasetListSchema),
    api.read("/v1/models", modelListSchema),
    api.read(`/v1/evaluations?limit=${ITEMS_SHOWN_MAX}`, evaluationList),
    api.read(`/v1/scores?limit=${ITEMS_SHOWN_MAX}`, scoreList),
    api.read("/v1/doctor", findingsOf),
  ]);
  return writeOverviewPage({
    datasets: datasets.items.toReversed().slice(0, ITEMS_SHOWN_MAX),
    models: models.items,
    unusable: models.unusable,
    evaluations: evaluations.items,
    scores: scores.items.slice(0, ITEMS_SHOWN_MAX),
    diagnosis,
  });
}

async function evaluationPage(api: SiteApi, given: string): Promise<string> {
  const path = `/v1/evaluations/${encodeURIComponent(given)}`;
  const evaluation = await api.read(path, evaluationSchema);
  const tail = await api.text(`${path}/log?tail=${LOG_SHOWN_BYTES_MAX}`);
  // A tail begins somewhere in a line.
  const logTail = tail.length < LOG_SHOWN_BYTES_MAX / 2 ? tail : tail.slice(tail.indexOf("\n") + 1);
  return writeEvaluationPage({ evaluation, logTail });
}

async function evaluationForm(
  api: SiteApi,
  entries: Entries,
  problem: Problem | null,
): Promise<string> {
  const [models, datasets] = await Promise.all([
    api.read("/v1/models", modelListSchema),
    api.read("/v1/datasets", datasetListSchema),
  ]);
  return writeEvaluationFormPage({
    entries,
    problem,
    models: models.items,
    datasets: datasets.items.filter(isReady),
  });
}

function isReady({ status }: DatasetRecord): boolean {
  return status === "ready";
}

async function takeDataset(c: PageContext, api: SiteApi): Promise<Response> {
  const entries = await readEntries(c);
  try {
    const { id } = await api.change("/v1/datasets", datasetRequestOf(entries), datasetSchema);
    return c.redirect(`/datasets/${encodeURIComponent(id)}`, 303);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    const html = writeDatasetFormPage({ entries, problem });
    return refusedForm(c, problem, html);
  }
}

async function takeEvaluation(c: PageContext, api: SiteApi): Promise<Response> {
  const { key, ...entries } = await readEntries(c);
  try {
    const request = evaluationRequestOf(entries);
    const { id } = await api.change("/v1/evaluations", request, evaluationSchema, key);
    return c.redirect(`/evaluations/${encodeURIComponent(id)}`, 303);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    const fresh = { ...entries, key: crypto.randomUUID() };
    const html = await evaluationForm(api, fresh, problem);
    return refusedForm(c, problem, html);
  }
}
