import { datasetSchema } from "../../../shared/contracts/datasets.ts";
import { Problem, type ServiceApp } from "../../../shared/http/mod.ts";
import { ITEMS_SHOWN_MAX } from "../../../shared/limits.ts";
import { evaluationList, scoreList } from "../pages/lists.ts";
import { datasetRequestOf, writeDatasetFormPage } from "../pages/dataset_form_page.tsx";
import { writeDatasetPage } from "../pages/dataset_page.tsx";
import type { SiteApi } from "../pages/site_api.ts";
import { type ApiFor, page, type PageContext, readEntries, refusedForm } from "./page_answers.ts";

/**
 * Hangs the pages of datasets on an app, with the forms that register some.
 *
 * @param apiFor the API in the name of who asks
 */
export function addDatasetPages(app: ServiceApp, apiFor: ApiFor): void {
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
