import { z } from "zod";
import { datasetListSchema } from "../../../shared/contracts/datasets.ts";
import { leaderboardListSchema } from "../../../shared/contracts/leaderboards.ts";
import { releaseSchema } from "../../../shared/contracts/releases.ts";
import { scoreReportSchema } from "../../../shared/contracts/scores.ts";
import { mayDo, Problem, problemFrom, type ServiceApp } from "../../../shared/http/mod.ts";
import { ITEMS_SHOWN_MAX } from "../../../shared/limits.ts";
import { writeComparisonFormPage } from "../pages/comparison_form_page.tsx";
import type { Entries, FormState } from "../pages/form_parts.tsx";
import { scoreList, type SiteApi } from "../site_api.ts";
import {
  writeReleasePage,
  writeRescoreFormPage,
  writeScoreFormPage,
  writeScoreNotesPage,
  writeStudyFormPage,
} from "../pages/score_form_page.tsx";
import {
  type ApiFor,
  page,
  type PageContext,
  readEntries,
  refusedForm,
  takeForm,
} from "./page_answers.ts";

/** A created resource; its page's address follows from its id. */
const made = z.object({ id: z.uuid() });

/** Adds the forms to create and compare scores; the scoring service shows the results. */
export function addScorePages(app: ServiceApp, apiFor: ApiFor): void {
  app.get("/comparisons/new", (c) =>
    page(c, () => {
      const chosen = c.req.queries("score") ?? [];
      return comparisonForm(apiFor(c), c.req.query(), chosen, null);
    }));
  // The scoring service shows the comparison; the form comes back if nothing can be compared.
  app.get("/comparisons", async (c, next) => {
    const chosen = c.req.queries("score") ?? [];
    const isPerson = (c.req.header("accept") ?? "").includes("text/html");
    let problem = new Problem("invalid_request", "score: Tick at least two scores");
    if (!isPerson || chosen.length > 1) {
      await next();
      const isRefused = [400, 422].includes(c.res.status);
      if (!isPerson || !isRefused) return;
      problem = problemFrom("scoring", c.res.status, await c.res.clone().json().catch(() => null));
      // Hono keeps a replaced answer's headers unless the answer is cleared first.
      c.res = undefined;
    }
    const html = await comparisonForm(apiFor(c), c.req.query(), chosen, problem);
    c.res = refusedForm(c, problem, html);
  });
  app.post("/ensembles", (c) => takeEnsemble(c, apiFor(c)));
  app.get("/scores/new", (c) => page(c, () => scoreForm(apiFor(c), c.req.query(), null)));
  app.post("/scores", (c) =>
    takeForm(
      c,
      async (form) => `/reports/${(await apiFor(c).send("/v1/scores", form, made)).id}`,
      (entries, problem) => scoreForm(apiFor(c), entries, problem),
    ));
  addReleasePage(app, apiFor);
  addNotesPage(app, apiFor);
  const again = "/scores/:id/rescore";
  app.get(again, (c) =>
    page(c, () => {
      return writeRescoreFormPage(c.req.param("id"), { entries: {}, problem: null });
    }));
  app.post(again, (c) =>
    takeForm(
      c,
      async (form) => {
        const path = `/v1/scores/${encodeURIComponent(c.req.param("id"))}/rescore`;
        return `/reports/${(await apiFor(c).send(path, form, made)).id}`;
      },
      (entries, problem) => writeRescoreFormPage(c.req.param("id"), { entries, problem }),
    ));
  app.get(
    "/reader-studies/new",
    (c) => page(c, () => writeStudyFormPage({ entries: {}, problem: null })),
  );
  app.post("/reader-studies", (c) =>
    takeForm(
      c,
      async (form) =>
        `/reader-studies/${(await apiFor(c).send("/v1/reader-studies", form, made)).id}`,
      (entries, problem) => writeStudyFormPage({ entries, problem }),
    ));
}

function addNotesPage(app: ServiceApp, apiFor: ApiFor): void {
  const path = "/scores/:id/notes";
  const resource = (id: string): string => `/v1/scores/${encodeURIComponent(id)}`;
  const form = async (c: PageContext, id: string, state: FormState): Promise<string> =>
    writeScoreNotesPage(await apiFor(c).read(resource(id), scoreReportSchema), state);
  app.get(
    path,
    (c) => page(c, () => form(c, c.req.param("id"), { entries: {}, problem: null })),
  );
  app.post(path, async (c) => {
    const id = c.req.param("id");
    const { name = "", notes = "" } = await readEntries(c);
    try {
      const said = { name: name || null, notes: notes || null };
      await apiFor(c).change(resource(id), said, scoreReportSchema, undefined, "PATCH");
      return c.redirect(`/reports/${encodeURIComponent(id)}`, 303);
    } catch (problem) {
      if (!(problem instanceof Problem) || problem.type !== "invalid_request") throw problem;
      return refusedForm(c, problem, await form(c, id, { entries: { name, notes }, problem }));
    }
  });
}

function addReleasePage(app: ServiceApp, apiFor: ApiFor): void {
  const path = "/scores/:id/release";
  const resource = (id: string): string => `/v1/scores/${encodeURIComponent(id)}/release`;
  app.get(path, (c) =>
    page(c, async () => {
      const { id, released } = await apiFor(c).read(resource(c.req.param("id")), releaseSchema);
      return writeReleasePage(id, released, mayDo(c.get("caller").role, "admin"));
    }));
  app.post(path, async (c) => {
    const { as } = await readEntries(c);
    const target = resource(c.req.param("id"));
    if (as === "withheld") await apiFor(c).remove(target);
    else await apiFor(c).change(target, { as }, releaseSchema);
    return c.redirect(c.req.path, 303);
  });
}

async function comparisonForm(
  api: SiteApi,
  entries: Entries,
  chosen: readonly string[],
  problem: Problem | null,
): Promise<string> {
  const { items } = await api.read("/v1/leaderboards", leaderboardListSchema);
  const dataset = entries["dataset"] ?? items.find(({ scores }) => scores > 1)?.dataset ?? null;
  const ofDataset = `dataset=${encodeURIComponent(dataset ?? "")}&limit=${ITEMS_SHOWN_MAX}`;
  const scores = dataset === null
    ? []
    : (await api.read(`/v1/scores?${ofDataset}`, scoreList)).items;
  return writeComparisonFormPage({
    ...{ entries, problem, datasets: items, dataset, scores },
    ticked: new Set(chosen),
  });
}

async function scoreForm(api: SiteApi, entries: Entries, problem: Problem | null): Promise<string> {
  const { items } = await api.read("/v1/datasets", datasetListSchema);
  const datasets = items.filter(({ status }) => status === "ready");
  return writeScoreFormPage({ entries, problem, datasets });
}

async function takeEnsemble(c: PageContext, api: SiteApi): Promise<Response> {
  const entries = await readEntries(c);
  const body = await c.req.parseBody({ all: true });
  const scores = [body["score"] ?? []].flat().map(String);
  try {
    const { method, model = "" } = entries;
    const request = { scores, method, ...(model === "" ? {} : { model }) };
    const { id } = await api.change("/v1/ensembles", request, made);
    return c.redirect(`/reports/${id}`, 303);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    return refusedForm(c, problem, await comparisonForm(api, entries, scores, problem));
  }
}
