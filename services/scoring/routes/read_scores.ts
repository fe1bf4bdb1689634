import { Buffer } from "node:buffer";
import type { Context } from "hono";
import { z } from "@hono/zod-openapi";
import { jsonAnswer, jsonBody, problems, routesOf } from "../../../shared/contracts/answers.ts";
import { countedPageOf } from "../../../shared/contracts/datasets.ts";
import { evaluationNotesRequest } from "../../../shared/contracts/evaluations.ts";
import { scoreReportSchema, scoresQuery } from "../../../shared/contracts/scores.ts";
import { withheldScoreSchema } from "../../../shared/contracts/releases.ts";
import { scoreId } from "../../../shared/contracts/parameters.ts";
import type { ServiceApp, ServiceEnv } from "../../../shared/http/mod.ts";
import type { ScoringDependencies } from "../dependencies.ts";
import { cursorAfter, placeOf } from "../store/report_files.ts";
import { jsonOf, readScoresAs } from "../store/score_reader.ts";

const route = routesOf("scores");

const idParam = z.object({ id: scoreId });

/** Sends JSON that was written before. Its type is that of the route, which the bytes do not carry. */
function writtenJson(c: Context<ServiceEnv>, bytes: Uint8Array<ArrayBuffer>): never {
  return c.body(bytes, 200, { "content-type": "application/json" }) as never;
}

function joined(parts: readonly (string | Uint8Array)[]): Uint8Array<ArrayBuffer> {
  return Buffer.concat(parts.map((part) => typeof part === "string" ? Buffer.from(part) : part));
}

export function addScoreReadingRoutes(app: ServiceApp, { store }: ScoringDependencies): void {
  app.openapi(
    route("get", "/v1/scores", "listScores", {
      summary: "List the scores, newest first or in another order",
      description: "Whole reports, page by page; `total` counts the scores of all pages.",
      request: { query: scoresQuery },
      responses: {
        200: jsonAnswer(countedPageOf(scoreReportSchema), "A page of score reports"),
        ...problems("invalid_request"),
      },
    }),
    async (c) => {
      const { cursor, ...filter } = c.req.valid("query");
      const reader = readScoresAs(c.get("caller"), store);
      const dataset = filter.dataset && await store.datasetId(filter.dataset);
      const { scores, more, total } = await reader.list({
        ...filter,
        dataset,
        after: placeOf(cursor),
      });
      const items = scores.map(({ shown }) => shown);
      const next = JSON.stringify(more ? cursorAfter(items) : null);
      const parts = items.flatMap((item, at) => [at === 0 ? '{"items":[' : ",", jsonOf(item)]);
      const end = `],"next_cursor":${next},"total":${total}}`;
      return writtenJson(c, joined(items.length === 0 ? ['{"items":[', end] : [...parts, end]));
    },
  );

  app.openapi(
    route("get", "/v1/scores/{id}", "getScore", {
      summary: "One score report",
      description:
        "Metrics at each level with intervals by sample and by exam, operating points, calibration, " +
        "subgroups, and paths of the plots.",
      request: { params: idParam },
      responses: {
        200: jsonAnswer(
          z.union([scoreReportSchema, withheldScoreSchema]),
          "The score report; or a note that it is withheld, for callers who may not see the truth",
        ),
        ...problems("not_found"),
      },
    }),
    async (c) => {
      const { id } = c.req.valid("param");
      return writtenJson(c, jsonOf((await readScoresAs(c.get("caller"), store).find(id)).shown));
    },
  );

  addPatchRoute(app, { store });
  app.openapi(
    route("delete", "/v1/scores/{id}", "deleteScore", {
      summary:
        "Delete a score; plots beside an evaluation's predictions are deleted with the evaluation",
      description: "Its uploaded data list and predictions are deleted too.",
      request: { params: idParam },
      responses: { 204: { description: "It is gone" }, ...problems("not_found") },
    }),
    async (c) => {
      const { whole } = await readScoresAs(c.get("caller"), store).find(c.req.valid("param").id);
      await store.remove(whole.id);
      return c.body(null, 204);
    },
  );
}

function addPatchRoute(app: ServiceApp, { store }: Pick<ScoringDependencies, "store">): void {
  app.openapi(
    route("patch", "/v1/scores/{id}", "annotateScore", {
      summary: "Name a score, or note something about it",
      description:
        "For admins. Everybody who sees the report sees both; null removes them. The report as one file, and what was " +
        "computed, stay as they are.",
      request: { params: idParam, body: jsonBody(evaluationNotesRequest) },
      responses: {
        200: jsonAnswer(scoreReportSchema, "The score with its name and notes"),
        ...problems("invalid_request", "not_found", "unsupported_media_type"),
      },
    }),
    async (c) => {
      const { id } = c.req.valid("param");
      const reader = readScoresAs(c.get("caller"), store);
      await store.annotate((await reader.find(id)).whole.id, c.req.valid("json"));
      return writtenJson(c, jsonOf((await reader.find(id)).shown));
    },
  );
}
