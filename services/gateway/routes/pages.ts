import { createRoute, z } from "@hono/zod-openapi";
import { datasetListSchema } from "../../../shared/contracts/datasets.ts";
import { imageListSchema, modelListSchema } from "../../../shared/contracts/models.ts";
import { mayDo, type ServiceApp } from "../../../shared/http/mod.ts";
import { ITEMS_SHOWN_MAX } from "../../../shared/limits.ts";
import { shareRunsByKey } from "../../../shared/async.ts";
import { type Finding, findingsOf } from "../pages/findings.ts";
import { lastKnown, type Patience } from "../pages/last_known.ts";
import { evaluationList, scoreList } from "../pages/lists.ts";
import { LIVE_SCRIPT } from "../pages/live_script.ts";
import { writeOverviewPage } from "../pages/overview_page.tsx";
import { LIVE_SCRIPT_PATH } from "../pages/site.ts";
import type { SiteApi } from "../pages/site_api.ts";
import { addDatasetPages } from "./dataset_pages.ts";
import { addEvaluationPages } from "./evaluation_pages.ts";
import { addExamPages } from "./exam_pages.ts";
import { addModelPages } from "./model_pages.ts";
import { type ApiFor, page } from "./page_answers.ts";
import { addScorePages } from "./score_pages.ts";
import { usageSchema } from "../../../shared/contracts/usage.ts";
import { writeImagesPage } from "../pages/images_page.tsx";
import { writeUsagePage } from "../pages/usage_page.tsx";

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
 * Hangs the pages on an app that people read and fill in. They are made of what the API answers to
 * whoever reads them, and forms ask the API in turn.
 *
 * @param app the gateway's app
 * @param apiFor the API in the name of who asks
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

/**
 * Hangs the pages on an app that say who has used which data and what the engine keeps.
 *
 * @param app the gateway's app
 * @param apiFor the API in the name of who asks
 */
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
