import type { Context } from "hono";
import { z } from "zod";
import { type DatasetRecord, datasetSchema } from "../../../shared/contracts/datasets.ts";
import { evaluationSchema } from "../../../shared/contracts/evaluations.ts";
import { modelSchema } from "../../../shared/contracts/models.ts";
import type { ScoreReport } from "../../../shared/contracts/scores.ts";
import { Problem, PROBLEMS, type ServiceApp, type ServiceEnv } from "../../../shared/http/mod.ts";
import { ITEMS_SHOWN_MAX, LOG_SHOWN_BYTES_MAX } from "../../../shared/limits.ts";
import { shareRunsByKey } from "../../../shared/share_runs.ts";
import { datasetRequestOf, writeDatasetFormPage } from "../pages/dataset_form_page.tsx";
import { writeDatasetPage } from "../pages/dataset_page.tsx";
import { evaluationRequestOf, writeEvaluationFormPage } from "../pages/evaluation_form_page.tsx";
import { writeEvaluationPage } from "../pages/evaluation_page.tsx";
import { findingsOf } from "../pages/findings.ts";
import type { Entries } from "../pages/form_parts.tsx";
import { LIVE_SCRIPT } from "../pages/live_script.ts";
import { writeOverviewPage } from "../pages/overview_page.tsx";
import { LIVE_SCRIPT_PATH, SITE_HEADERS } from "../pages/site.ts";
import type { SiteApi } from "../pages/site_api.ts";

const datasetList = z.object({ items: z.array(datasetSchema) });
const evaluationList = z.object({ items: z.array(evaluationSchema) });
const modelList = z.object({
  items: z.array(modelSchema),
  unusable: z.array(z.object({ name: z.string(), message: z.string() })),
});
/** Reports come from our own service and are large: their shape is not looked at once more. */
const scoreList = z.object({ items: z.array(z.custom<ScoreReport>()) });

type PageContext = Context<ServiceEnv>;

/**
 * Hangs the pages on an app that people read and fill in: start page, datasets, evaluations. They are
 * made of what the API answers to whoever reads them, and forms ask the API in turn.
 *
 * @param app the gateway's app
 * @param apiFor the API in the name of who asks
 */
export function addPageRoutes(app: ServiceApp, apiFor: (c: PageContext) => SiteApi): void {
  app.get(LIVE_SCRIPT_PATH, (c) => {
    return c.body(LIVE_SCRIPT, 200, { "content-type": "text/javascript; charset=utf-8" });
  });
  // Half a dozen questions a page, and browsers ask again every few seconds: one answer at a time for each
  // caller, since nobody sees more than they may.
  const shareOverview = shareRunsByKey<string>();
  app.get("/", (c) => {
    const { user, role } = c.get("caller");
    return page(c, () => shareOverview(`${role} ${user}`, () => overview(apiFor(c))));
  });
  app.get("/datasets/new", (c) =>
    page(c, async () => {
      return await Promise.resolve(writeDatasetFormPage({ entries: {}, problem: null }));
    }));
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

/** Answers with a page; what is wrong becomes one at the door. */
async function page(c: PageContext, write: () => Promise<string>): Promise<Response> {
  return c.html(await write(), 200, SITE_HEADERS);
}

async function overview(api: SiteApi): Promise<string> {
  const [datasets, models, evaluations, scores, diagnosis] = await Promise.all([
    api.read("/v1/datasets", datasetList),
    api.read("/v1/models", modelList),
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
    api.read("/v1/models", modelList),
    api.read("/v1/datasets", datasetList),
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
    return c.html(html, PROBLEMS[problem.type].status, SITE_HEADERS);
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
    return c.html(html, PROBLEMS[problem.type].status, SITE_HEADERS);
  }
}

async function readEntries(c: PageContext): Promise<Entries> {
  const body = await c.req.parseBody();
  const texts = Object.entries(body).filter((entry): entry is [string, string] =>
    typeof entry[1] === "string"
  );
  return Object.fromEntries(texts.map(([name, value]) => [name, value.trim()]));
}
