import { z } from "@hono/zod-openapi";
import { jsonAnswer, problems, routesOf } from "../../../shared/contracts/answers.ts";
import { regroupedSchema } from "../../../shared/contracts/scores.ts";
import { subgroupsRequest } from "../../../shared/contracts/subgroups.ts";
import { scoreId } from "../../../shared/contracts/parameters.ts";
import { readEvery, refusal, type ServiceApp } from "../../../shared/http/mod.ts";
import { ATTRIBUTES_BYTES_MAX } from "../../../shared/limits.ts";
import type { ScoringDependencies } from "../dependencies.ts";
import type { SubgroupChoice } from "../subgroups/divide_exams.ts";
import { readScoresAs, requireTruthOf } from "../store/score_reader.ts";
import { askerOf } from "./asker.ts";
import { jsonPart, optionalFilePart, receiveForm, type SentForm } from "./multipart.ts";
import { sentFile } from "../store/sent_file.ts";
import { MEASURE_PARTS, measureParts, readTuning } from "./measure_parts.ts";

const route = routesOf("scores");

/** Parts of a multipart body that choose subgroups. */
export const SUBGROUP_PARTS = {
  subgroups: z.string().optional().openapi({
    description: "JSON: false, true, or keys of the exams",
    example: '["density",{"key":"age","bins":[50,60,70]}]',
  }),
  attributes: z.string().optional().openapi({
    format: "binary",
    description: "CSV with exam_id and additional columns for subgroups",
  }),
};

const postRoute = route("post", "/v1/scores/{id}/subgroups", "measureSubgroups", {
  summary: "Divide a score by other keys than its report; the result is not stored",
  description: "By keys of the data list, or by columns of an uploaded CSV. The smallest group " +
    "reveals labels: only the data owner and the caller who uploaded the list may divide a score.",
  request: {
    params: z.object({ id: scoreId }),
    body: {
      content: {
        "multipart/form-data": { schema: z.object({ ...SUBGROUP_PARTS, ...MEASURE_PARTS }) },
      },
    },
  },
  responses: {
    200: jsonAnswer(regroupedSchema, "The subgroups"),
    ...problems("invalid_request", "forbidden", "not_found", "too_large"),
  },
});

/** Adds `/v1/scores/{id}/subgroups` to an app. */
export function addSubgroupRoutes(app: ServiceApp, deps: ScoringDependencies): void {
  const { store, compute, uploads } = deps;
  app.openAPIRegistry.registerPath(postRoute);
  app.post("/v1/scores/:id/subgroups", async (c) => {
    const caller = c.get("caller");
    const score = await readScoresAs(caller, store).find(c.req.param("id"));
    // A group of one exam reveals its label.
    requireTruthOf(caller, score, "Subgroups of your choice");
    await using form = await receiveForm(c.req.raw, uploads, {
      wanted: "subgroups, attributes or both",
      files: { attributes: ATTRIBUTES_BYTES_MAX },
    });
    const report = score.whole;
    const truth = report.dataset === null ? null : await store.digest(report.dataset);
    const { choice, measure } = await readEvery({
      choice: () => subgroupChoice(form),
      measure: () => measureParts(form),
    });
    const outcome = await compute.run(
      "regroup",
      {
        report,
        truth,
        ...choice,
        measure,
        tuning: await readTuning(measure, askerOf(c), store),
        patientKey: await store.patientKey(),
      },
      askerOf(c),
    );
    if (!outcome.ok) {
      throw refusal("invalid_request", "The subgroups cannot be measured", outcome.errors);
    }
    const { subgroups, warnings } = outcome;
    return c.json({ score: report.id, subgroups, warnings }, 200);
  });
}

/** Reads the choice of subgroups, by default all suitable keys. Throws a Problem if invalid. */
export function subgroupChoice(form: SentForm): SubgroupChoice {
  const attributes = optionalFilePart(form, "attributes");
  return {
    subgroups: jsonPart(form, "subgroups", subgroupsRequest, true),
    attributes: attributes && sentFile(attributes),
  };
}
