import { z } from "@hono/zod-openapi";
import { jsonAnswer, problems, routesOf } from "../../../shared/contracts/answers.ts";
import { regroupedSchema, scoreReportSchema } from "../../../shared/contracts/scores.ts";
import { subgroupsRequest } from "../../../shared/contracts/subgroups.ts";
import { subgroupsOf } from "../../../shared/contracts/option_words.ts";
import { scoreId } from "../../../shared/contracts/parameters.ts";
import { Problem, readEvery, refusal, type ServiceApp } from "../../../shared/http/mod.ts";
import { ATTRIBUTES_BYTES_MAX } from "../../../shared/limits.ts";
import type { ScoringDependencies } from "../dependencies.ts";
import type { SubgroupChoice } from "../subgroups/divide_exams.ts";
import { readScoresAs, requireTruthOf } from "../store/score_reader.ts";
import type { Asker } from "../compute/compute.ts";
import type { JobRequest } from "../compute/jobs.ts";
import { idOfContent } from "../store/content.ts";
import { askerOf } from "./asker.ts";
import { jsonPart, optionalFilePart, receiveForm, type SentForm } from "./multipart.ts";
import { sentFile } from "../store/sent_file.ts";
import { MEASURE_PARTS, measureParts, readTuning } from "./measure_parts.ts";

const route = routesOf("scores");

/** Parts of a multipart body that choose subgroups. */
export const SUBGROUP_PARTS = {
  subgroups: z.string().optional().openapi({
    description: "`none`, `all` or keys of the exams, in words or as JSON",
    example: '["density",{"key":"age","bins":[50,60,70]}]',
  }),
  attributes: z.string().optional().openapi({
    format: "binary",
    description: "CSV with exam_id and additional columns for subgroups",
  }),
};

const measureForm = z.object({ ...SUBGROUP_PARTS, ...MEASURE_PARTS });
const postBody = { content: { "multipart/form-data": { schema: measureForm } } };

const postRoute = route("post", "/v1/scores/{id}/subgroups", "measureSubgroups", {
  summary: "Divide a score by other keys than its report; the result is not stored",
  description: "By keys of the data list, or by columns of an uploaded CSV. The smallest group " +
    "reveals labels: only the data owner and the caller who uploaded the list may divide a score.",
  request: {
    params: z.object({ id: scoreId }),
    body: postBody,
  },
  responses: {
    200: jsonAnswer(regroupedSchema, "The subgroups"),
    ...problems("invalid_request", "forbidden", "not_found", "too_large"),
  },
});

const rescoreRoute = route("post", "/v1/scores/{id}/rescore", "rescorePredictions", {
  summary:
    "Make a score of the same predictions with other operating points, prevalence or subgroups",
  description:
    "Model and truth stay; what is not sent has its default, not the value of the earlier score. The new score is " +
    "released as the earlier one, and no leaderboard counts it. The same request returns the existing " +
    "report. For those who may see the truth.",
  request: { params: z.object({ id: scoreId }), body: postBody },
  responses: {
    200: jsonAnswer(scoreReportSchema, "The existing report of an identical request", "Location"),
    201: jsonAnswer(scoreReportSchema, "The new score report", "Location"),
    ...problems("invalid_request", "forbidden", "not_found", "too_large"),
  },
});

/** Adds `/v1/scores/{id}/subgroups` and `/v1/scores/{id}/rescore` to an app. */
export function addSubgroupRoutes(app: ServiceApp, deps: ScoringDependencies): void {
  const { store, compute } = deps;
  app.openAPIRegistry.registerPath(postRoute);
  app.post("/v1/scores/:id/subgroups", async (c) => {
    const asker = askerOf(c);
    await using asked = await readAgain(c.req.param("id"), c.req.raw, asker, deps);
    const outcome = await compute.run("regroup", asked.request, asker);
    if (!outcome.ok) {
      throw refusal("invalid_request", "The subgroups cannot be measured", outcome.errors);
    }
    const { subgroups, warnings } = outcome;
    return c.json({ score: asked.request.report.id, subgroups, warnings }, 200);
  });

  app.openAPIRegistry.registerPath(rescoreRoute);
  app.post("/v1/scores/:id/rescore", async (c) => {
    const asker = askerOf(c);
    await using asked = await readAgain(c.req.param("id"), c.req.raw, asker, deps, true);
    const { report, truth, tuning, attributes, subgroups, measure } = asked.request;
    const made = [report, ...tuning].map(({ id, provenance }) => [id, provenance["content"]]);
    const content = await store.contentDigest(
      ["rescore", made, truth, subgroups, attributes?.sha256 ?? null, measure],
    );
    const id = idOfContent(content);
    const location = `/v1/scores/${id}`;
    const earlier = await store.get(id);
    if (earlier !== null) return c.json(earlier, 200, { location });
    const outcome = await compute.run(
      "rescore",
      { ...asked.request, id, content },
      asker,
    );
    if (!outcome.ok) {
      throw refusal("invalid_request", "The score cannot be made again", outcome.errors);
    }
    // Before the score becomes readable.
    await store.release(id, store.released(report), asker.caller.user);
    return c.json(await store.put(outcome.report, outcome.files, null), 201, { location });
  });
}

/** Reads how a score is to be measured; the uploaded table is removed when the result is disposed of. */
async function readAgain(
  id: string,
  request: Request,
  asker: Asker,
  { store, uploads }: Pick<ScoringDependencies, "store" | "uploads">,
  needsPart = false,
): Promise<AsyncDisposable & { readonly request: JobRequest<"regroup"> }> {
  const score = await readScoresAs(asker.caller, store).find(id);
  // A group of one exam reveals its label, and so do operating points, asked for again and again.
  requireTruthOf(asker.caller, score, "Measures of your choice");
  await using stack = new AsyncDisposableStack();
  const wanted = "subgroups, attributes or measuring options";
  const form = stack.use(
    await receiveForm(request, uploads, {
      wanted,
      schema: measureForm,
      files: { attributes: ATTRIBUTES_BYTES_MAX },
    }),
  );
  if (needsPart && form.texts.size + form.files.size === 0) {
    throw new Problem("invalid_request", `The form has no part that can be read: send ${wanted}`);
  }
  const report = score.whole;
  const { choice, measure } = await readEvery({
    choice: () => subgroupChoice(form),
    measure: () => measureParts(form),
  });
  const again = {
    report,
    truth: report.dataset === null ? null : await store.digest(report.dataset),
    ...choice,
    measure,
    tuning: await readTuning(measure, asker, store),
    patientKey: await store.patientKey(),
  };
  const held = stack.move();
  return { request: again, [Symbol.asyncDispose]: () => held.disposeAsync() };
}

/** Reads the choice of subgroups, by default all suitable keys. Throws a Problem if invalid. */
export function subgroupChoice(form: SentForm): SubgroupChoice {
  const attributes = optionalFilePart(form, "attributes");
  return {
    subgroups: jsonPart(form, "subgroups", subgroupsRequest, true, subgroupsOf),
    attributes: attributes && sentFile(attributes),
  };
}
