import { datasetListSchema } from "../../../shared/contracts/datasets.ts";
import { evaluationBatchSchema, evaluationSchema } from "../../../shared/contracts/evaluations.ts";
import { modelListSchema } from "../../../shared/contracts/models.ts";
import { type Caller, mayDo, Problem, type ServiceApp } from "../../../shared/http/mod.ts";
import { LOG_SHOWN_BYTES_MAX } from "../../../shared/limits.ts";
import {
  type BatchBody,
  evaluationRequestOf,
  writeEvaluationFormPage,
} from "../pages/evaluation_form_page.tsx";
import { writeEvaluationPage } from "../pages/evaluation_page.tsx";
import type { Entries, FormState } from "../pages/form_parts.tsx";
import type { SiteApi } from "../site_api.ts";
import { type ApiFor, page, type PageContext, readEntries, refusedForm } from "./page_answers.ts";

export function addEvaluationPages(app: ServiceApp, apiFor: ApiFor): void {
  app.get("/evaluations/new", (c) =>
    page(c, async () => {
      const entries = { ...c.req.query(), key: crypto.randomUUID() };
      return await evaluationForm(apiFor(c), entries, c.req.queries("model") ?? [], null);
    }));
  app.get("/evaluations/:id", (c) =>
    page(c, () => {
      return evaluationPage(apiFor(c), c.req.param("id"), c.get("caller"));
    }));
  app.post("/evaluations", (c) => takeEvaluation(c, apiFor(c)));
  app.post("/evaluations/:id/notes", (c) => takeNotes(c, apiFor(c), c.req.param("id")));
  app.post("/evaluations/:id/cancel", async (c) => {
    const id = encodeURIComponent(c.req.param("id"));
    await apiFor(c).change(`/v1/evaluations/${id}/cancel`, null, evaluationSchema);
    return c.redirect(`/evaluations/${id}`, 303);
  });
}

async function evaluationPage(
  api: SiteApi,
  given: string,
  caller: Caller,
  refused: FormState = { entries: {}, problem: null },
): Promise<string> {
  const path = `/v1/evaluations/${encodeURIComponent(given)}`;
  const evaluation = await api.read(path, evaluationSchema);
  const tail = await api.text(`${path}/log?tail=${LOG_SHOWN_BYTES_MAX}`);
  // A tail may begin in the middle of a line.
  const logTail = tail.length < LOG_SHOWN_BYTES_MAX / 2 ? tail : tail.slice(tail.indexOf("\n") + 1);
  const mayDelete = mayDo(caller.role, "admin");
  const mayName = mayDelete || caller.role === "submit" && caller.user === evaluation.user;
  return writeEvaluationPage({ evaluation, logTail, mayDelete, mayName, refused });
}

async function takeNotes(c: PageContext, api: SiteApi, id: string): Promise<Response> {
  const { name = "", notes = "" } = await readEntries(c);
  const path = `/v1/evaluations/${encodeURIComponent(id)}`;
  try {
    const said = { name: name || null, notes: notes || null };
    await api.change(path, said, evaluationSchema, undefined, "PATCH");
    return c.redirect(path.slice("/v1".length), 303);
  } catch (problem) {
    if (!(problem instanceof Problem) || problem.type !== "invalid_request") throw problem;
    const refused = { entries: { name, notes }, problem };
    return refusedForm(c, problem, await evaluationPage(api, id, c.get("caller"), refused));
  }
}

async function evaluationForm(
  api: SiteApi,
  entries: Entries,
  ticked: readonly string[],
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
    ticked: new Set(ticked),
    datasets: datasets.items.filter(({ status }) => status === "ready"),
  });
}

async function takeEvaluation(c: PageContext, api: SiteApi): Promise<Response> {
  const { key, ...entries } = await readEntries(c);
  const ticked = [(await c.req.parseBody({ all: true }))["model"] ?? []].flat().map(String);
  try {
    const batch = await evaluationRequestOf(entries, ticked);
    return c.redirect(await startEvaluations(batch, api, key), 303);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    const fresh = { ...entries, key: crypto.randomUUID() };
    return refusedForm(c, problem, await evaluationForm(api, fresh, ticked, problem));
  }
}

/** Starts one evaluation for each model; returns the address of the page that shows them. */
async function startEvaluations(batch: BatchBody, api: SiteApi, key?: string): Promise<string> {
  const { models: [model, ...others], datasets, ...common } = batch;
  if (others.length === 0) {
    const request = { model, dataset: datasets[0], ...common };
    const { id } = await api.change("/v1/evaluations", request, evaluationSchema, key);
    return `/evaluations/${encodeURIComponent(id)}`;
  }
  await api.change("/v1/evaluations/batch", batch, evaluationBatchSchema, key);
  return `/evaluations?${new URLSearchParams({ search: String(common["experiment"]) })}`;
}
