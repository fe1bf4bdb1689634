import { createRoute, z } from "@hono/zod-openapi";
import { datasetListSchema, datasetSchema } from "../../../shared/contracts/datasets.ts";
import { imageListSchema, modelListSchema } from "../../../shared/contracts/models.ts";
import { mayDo, Problem, type ServiceApp } from "../../../shared/http/mod.ts";
import { ITEMS_SHOWN_MAX, LAST_KNOWN_KEPT_MAX } from "../../../shared/limits.ts";
import { shareRunsByKey, within } from "../../../shared/async.ts";
import { type Finding, findingsOf } from "../pages/findings.ts";
import { evaluationList, scoreList } from "../pages/lists.ts";
import { LIVE_SCRIPT } from "../pages/live_script.ts";
import { writeOverviewPage } from "../pages/overview_page.tsx";
import { LIVE_SCRIPT_PATH } from "../pages/site.ts";
import type { SiteApi } from "../pages/site_api.ts";
import { addEvaluationPages } from "./evaluation_pages.ts";
import { addExamPages } from "./exam_pages.ts";
import { addModelPages } from "./model_pages.ts";
import { type ApiFor, page, type PageContext, readEntries, refusedForm } from "./page_answers.ts";
import { addListPages } from "./list_pages.tsx";
import { addScorePages } from "./score_pages.ts";
import { usageSchema } from "../../../shared/contracts/usage.ts";
import { writeImagesPage } from "../pages/images_page.tsx";
import { writeUsagePage } from "../pages/usage_page.tsx";
import { datasetRequestOf, writeDatasetFormPage } from "../pages/dataset_form_page.tsx";
import { writeDatasetPage } from "../pages/dataset_page.tsx";

/** The one page of the gateway that has its place in the API: programs point people to it. */
const startRoute = createRoute({
  method: "get",
  path: "/",
  operationId: "readStartPage",
  tags: ["pages"],
  summary: "Overview page",
  description:
    "Evaluations, scores, datasets, models and system status, with forms to create them.",
  responses: {
    200: { description: "HTML", content: { "text/html": { schema: z.string() } } },
  },
});

/**
 * Hangs the pages on an app that people read and fill in. They are made of what the API answers to
 * whoever reads them, and forms ask the API in turn.
 */
export function addPageRoutes(app: ServiceApp, apiFor: ApiFor): void {
  app.get(LIVE_SCRIPT_PATH, (c) => {
    return c.body(LIVE_SCRIPT, 200, { "content-type": "text/javascript; charset=utf-8" });
  });
  app.openAPIRegistry.registerPath(startRoute);
  // Half a dozen questions a page, and browsers ask again every few seconds: one answer at a time for each
  // caller, since nobody sees more than they may.
  const shareOverview = shareRunsByKey<string>();
  const knownFindings = lastKnown<Finding[]>(DOCTOR_PATIENCE);
  app.get("/", (c) => {
    const { user, role } = c.get("caller");
    const key = `${role} ${user}`;
    const api = apiFor(c);
    const look = (): Promise<Finding[]> =>
      knownFindings(key, () => api.read("/v1/doctor", findingsOf));
    return page(c, () => shareOverview(key, () => overview(api, look)));
  });
  addDatasetPages(app, apiFor);
  addExamPages(app, apiFor);
  addListPages(app, apiFor);
  addEvaluationPages(app, apiFor);
  addModelPages(app, apiFor);
  addOperationPages(app, apiFor);
  addScorePages(app, apiFor);
}

/** An engine that is busy answers late, and then evaluations and scores shall not wait for what works here. */
const DOCTOR_PATIENCE: Patience = { waitMs: 200, keptMs: 60_000 };

async function overview(api: SiteApi, look: () => Promise<Finding[]>): Promise<string> {
  const [datasets, models, evaluations, scores, diagnosis] = await Promise.all([
    api.read("/v1/datasets", datasetListSchema),
    api.read("/v1/models", modelListSchema),
    api.read(`/v1/evaluations?limit=${ITEMS_SHOWN_MAX}`, evaluationList),
    api.read(`/v1/scores?limit=${ITEMS_SHOWN_MAX}`, scoreList),
    look(),
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

/** Hangs the pages on an app that say who has used which data and what the engine keeps. */
function addOperationPages(app: ServiceApp, apiFor: ApiFor): void {
  app.get(
    "/usage",
    (c) => page(c, async () => writeUsagePage(await apiFor(c).read("/v1/usage", usageSchema))),
  );
  app.get("/images", (c) =>
    page(c, async () => {
      const images = await apiFor(c).read("/v1/images", imageListSchema);
      return writeImagesPage(images, mayDo(c.get("caller").role, "admin"));
    }));
  app.post("/images/prune", async (c) => {
    await apiFor(c).change("/v1/images/prune", null, imageListSchema);
    return c.redirect("/images", 303);
  });
}

/** How long one waits for an answer, and how old one may be that is given in its place; milliseconds. */
interface Patience {
  readonly waitMs: number;
  readonly keptMs: number;
}

/**
 * Gives the last answer where a new one takes long: what is shown beside other things shall not hold those up. A
 * question that was not waited for goes on, and its answer is the next one's last.
 *
 * @param patience how long to wait, and how old the last answer may be
 * @param now milliseconds of a clock that never goes back
 * @returns asks, by a key: each has a last answer of its own
 */
export function lastKnown<T>(
  { waitMs, keptMs }: Patience,
  now: () => number = () => performance.now(),
): (key: string, ask: () => Promise<T>) => Promise<T> {
  const answers = new Map<string, { readonly at: number; readonly answer: T }>();

  async function remembered(key: string, asked: Promise<T>): Promise<T> {
    const answer = await asked;
    // The order of a map is that of its insertions: the first is the one that was longest not asked for.
    answers.delete(key);
    answers.set(key, { at: now(), answer });
    const [oldest] = answers.keys();
    if (answers.size > LAST_KNOWN_KEPT_MAX) answers.delete(oldest!);
    return answer;
  }

  return async (key, ask) => {
    const known = answers.get(key);
    const asked = remembered(key, ask());
    if (known === undefined || now() - known.at > keptMs) return await asked;
    // When nobody waits for it any more, its failure is nobody's; the next one will ask again.
    asked.catch(() => {});
    return await within(asked, waitMs) ?? known.answer;
  };
}

/** Hangs the pages of datasets on an app, with the forms that register some. */
function addDatasetPages(app: ServiceApp, apiFor: ApiFor): void {
  app.get(
    "/datasets/new",
    (c) => page(c, () => writeDatasetFormPage({ entries: {}, problem: null })),
  );
  app.get("/datasets/:id", (c) => page(c, () => datasetPage(c.req.param("id"), apiFor(c))));
  app.post("/datasets", (c) => takeDataset(c, apiFor(c)));
  app.post("/datasets/upload", (c) => takeUpload(c, apiFor(c)));
}

async function datasetPage(given: string, api: SiteApi): Promise<string> {
  const id = encodeURIComponent(given);
  const dataset = await api.read(`/v1/datasets/${id}`, datasetSchema);
  if (dataset.status !== "ready") return writeDatasetPage({ dataset, scores: [], evaluations: [] });
  const ofDataset = `dataset=${id}&limit=${ITEMS_SHOWN_MAX}`;
  const [scores, evaluations] = await Promise.all([
    api.read(`/v1/scores?${ofDataset}`, scoreList),
    api.read(`/v1/evaluations?${ofDataset}`, evaluationList),
  ]);
  return writeDatasetPage({ dataset, scores: scores.items, evaluations: evaluations.items });
}

async function takeDataset(c: PageContext, api: SiteApi): Promise<Response> {
  const entries = await readEntries(c);
  try {
    const { id } = await api.change("/v1/datasets", datasetRequestOf(entries), datasetSchema);
    return c.redirect(`/datasets/${encodeURIComponent(id)}`, 303);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    return refusedForm(c, problem, writeDatasetFormPage({ entries, problem }));
  }
}

/** What is sent is passed on as it comes: nobody here knows what was in the form. */
async function takeUpload(c: PageContext, api: SiteApi): Promise<Response> {
  try {
    const { id } = await api.send("/v1/datasets", c.req.raw, datasetSchema);
    return c.redirect(`/datasets/${encodeURIComponent(id)}`, 303);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    return refusedForm(c, problem, writeDatasetFormPage({ entries: {}, problem }));
  }
}
