import { createRoute, z } from "@hono/zod-openapi";
import { datasetListSchema, datasetSchema } from "../../../shared/contracts/datasets.ts";
import { imageListSchema, modelListSchema } from "../../../shared/contracts/models.ts";
import { mayDo, Problem, type ServiceApp } from "../../../shared/http/mod.ts";
import { ITEMS_SHOWN_MAX, LAST_KNOWN_KEPT_MAX } from "../../../shared/limits.ts";
import { singleFlightByKey, within } from "../../../shared/async.ts";
import { type Finding, findingsOf } from "../pages/findings.ts";
import { evaluationList, scoreList, type SiteApi } from "../site_api.ts";
import { LIVE_SCRIPT, LIVE_SCRIPT_PATH } from "../pages/site.ts";
import { writeOverviewPage } from "../pages/overview_page.tsx";
import { addDeletePages } from "./delete_pages.tsx";
import { addEvaluationPages } from "./evaluation_pages.ts";
import { addExamPages } from "./exam_pages.ts";
import { addModelPages } from "./model_pages.ts";
import {
  type ApiFor,
  page,
  type PageContext,
  readEntries,
  refusedForm,
  takeForm,
} from "./page_answers.ts";
import { addListPages } from "./list_pages.tsx";
import { addScorePages } from "./score_pages.ts";
import { usageSchema } from "../../../shared/contracts/usage.ts";
import { writeImagesPage } from "../pages/images_page.tsx";
import { writeAccountPage } from "../pages/sign_in_page.tsx";
import { writeUsagePage } from "../pages/usage_page.tsx";
import { datasetRequestOf, writeDatasetFormPage } from "../pages/dataset_forms.tsx";
import { writeDatasetPage } from "../pages/dataset_page.tsx";

/** The only page listed in the API's document: programs point people to it. */
const startRoute = createRoute({
  method: "get",
  path: "/",
  operationId: "readStartPage",
  tags: ["pages"],
  summary: "Overview page",
  description:
    "Evaluations, scores, datasets, models and system status, with forms to create them.",
  responses: { 200: { description: "HTML", content: { "text/html": { schema: z.string() } } } },
});

/** Adds the pages for people. They show what the API answers to their reader, and forms call the API. */
export function addPageRoutes(app: ServiceApp, apiFor: ApiFor): void {
  app.get(LIVE_SCRIPT_PATH, (c) => {
    return c.body(LIVE_SCRIPT, 200, { "content-type": "text/javascript; charset=utf-8" });
  });
  app.openAPIRegistry.registerPath(startRoute);
  // Each page needs half a dozen requests, and browsers refresh every few seconds: share one run at a time
  // per caller. It is not shared among callers, because each may see different things.
  const shareOverview = singleFlightByKey<string>();
  const knownFindings = lastKnown<Finding[]>(DOCTOR_PATIENCE);
  app.get("/", (c) => {
    const { user, role } = c.get("caller");
    const key = `${role} ${user}`;
    const api = apiFor(c);
    const look = (): Promise<Finding[]> =>
      knownFindings(key, () => api.read("/v1/doctor", findingsOf));
    return page(c, () => shareOverview(key, () => overview(api, look)));
  });
  app.get("/sign-in", (c) => page(c, () => writeAccountPage(c.get("caller"))));
  // Reached only without tokens: then there is nothing to sign in to.
  app.post("/sign-in", (c) => c.redirect("/", 303));
  addDatasetPages(app, apiFor);
  addExamPages(app, apiFor);
  addListPages(app, apiFor);
  addDeletePages(app, apiFor);
  addEvaluationPages(app, apiFor);
  addModelPages(app, apiFor);
  addOperationPages(app, apiFor);
  addScorePages(app, apiFor);
}

/** A busy engine answers late; evaluations and scores must not wait for the diagnosis. */
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

/** Adds the pages of data use and of the engine's images. */
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

/** How long to wait for a new answer, and the maximum age of an old one used instead; milliseconds. */
interface Patience {
  readonly waitMs: number;
  readonly keptMs: number;
}

/**
 * Returns the last answer if a new one takes long, so that a slow part does not delay the page. The slow call
 * continues, and its answer becomes the last one.
 * @param now milliseconds of a monotonic clock
 * @returns a function that asks with this fallback, separately for each key
 */
export function lastKnown<T>(
  { waitMs, keptMs }: Patience,
  now: () => number = () => performance.now(),
): (key: string, ask: () => Promise<T>) => Promise<T> {
  const answers = new Map<string, { readonly at: number; readonly answer: T }>();

  async function remembered(key: string, asked: Promise<T>): Promise<T> {
    const answer = await asked;
    // A map keeps insertion order, so the first entry is the least recently refreshed.
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
    // Nobody may be waiting any more: ignore the failure; the next call asks again.
    asked.catch(() => {});
    return await within(asked, waitMs) ?? known.answer;
  };
}

function addDatasetPages(app: ServiceApp, apiFor: ApiFor): void {
  app.get(
    "/datasets/new",
    (c) => page(c, () => writeDatasetFormPage({ entries: {}, problem: null })),
  );
  app.get("/datasets/:id", (c) =>
    page(c, () => {
      const mayChange = mayDo(c.get("caller").role, "admin");
      return datasetPage(c.req.param("id"), mayChange, apiFor(c));
    }));
  app.post("/datasets", (c) => takeDataset(c, apiFor(c)));
  app.post("/datasets/upload", (c) =>
    takeForm(
      c,
      async (form) => {
        const { id } = await apiFor(c).send("/v1/datasets", form, datasetSchema);
        return `/datasets/${encodeURIComponent(id)}`;
      },
      (entries, problem) => writeDatasetFormPage({ entries, problem }),
    ));
}

async function datasetPage(given: string, mayChange: boolean, api: SiteApi): Promise<string> {
  const id = encodeURIComponent(given);
  const dataset = await api.read(`/v1/datasets/${id}`, datasetSchema);
  if (dataset.status !== "ready") {
    return writeDatasetPage({ dataset, scores: [], evaluations: [], mayChange });
  }
  const ofDataset = `dataset=${id}&limit=${ITEMS_SHOWN_MAX}`;
  const [scores, evaluations] = await Promise.all([
    api.read(`/v1/scores?${ofDataset}`, scoreList),
    api.read(`/v1/evaluations?${ofDataset}`, evaluationList),
  ]);
  return writeDatasetPage({
    dataset,
    scores: scores.items,
    evaluations: evaluations.items,
    mayChange,
  });
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
