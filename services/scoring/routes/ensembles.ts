import { createRoute } from "@hono/zod-openapi";
import { jsonAnswer, problems, withHeaders } from "../../../shared/contracts/answers.ts";
import { ensembleRequest } from "../../../shared/contracts/ensembles.ts";
import { scoreReportSchema } from "../../../shared/contracts/scores.ts";
import { refusal, type ServiceApp } from "../../../shared/http/mod.ts";
import type { ScoringDependencies } from "../app.ts";
import { contentDigest, idOfContent } from "../content.ts";
import { scoreEnsemble } from "../ensemble/score_ensemble.ts";
import { measureOptions } from "../measure_options.ts";
import { findScores, keepTruthOf, seenBy } from "./find_score.ts";

/**
 * Hangs `/v1/ensembles` on an app. What it makes is a score like any other.
 *
 * @param app the service's app
 * @param deps what the route works with
 */
export function addEnsembleRoutes(app: ServiceApp, { store }: ScoringDependencies): void {
  app.openapi(
    createRoute({
      method: "post",
      path: "/v1/ensembles",
      operationId: "combineScores",
      tags: ["comparisons"],
      summary: "Make one score of several: their mean, or the mean of their ranks",
      description:
        "What it makes is a score like any other, which can be compared with its parts. The same " +
        "request finds its report again.",
      request: {
        body: { required: true, content: { "application/json": { schema: ensembleRequest } } },
      },
      responses: {
        200: withHeaders(
          jsonAnswer(scoreReportSchema, "The same was made before: that report"),
          "Location",
        ),
        201: withHeaders(
          jsonAnswer(scoreReportSchema, "The score report of the ensemble"),
          "Location",
        ),
        ...problems(
          "invalid_request",
          "forbidden",
          "not_found",
          "unsupported_media_type",
          "scores_not_comparable",
        ),
      },
    }),
    async (c) => {
      const { scores, method, model, experiment, subgroups, ...asked } = c.req.valid("json");
      const reports = await findScores(scores, store);
      const caller = c.get("caller");
      if (typeof subgroups !== "boolean") {
        for (const report of reports) keepTruthOf(caller, report, "Subgroups of one's own choice");
      }
      const measure = measureOptions(asked);
      // The parts' own content is told by their samples' origin: an evaluation may be scored anew.
      const parts = reports.map(({ id, provenance }) => [id, provenance["content"]]);
      const content = contentDigest([
        "ensemble",
        parts,
        { method, model, experiment, subgroups },
        measure,
      ]);
      const id = idOfContent(content);
      const location = `/v1/scores/${id}`;
      const earlier = await store.get(id);
      if (earlier !== null) return c.json(seenBy(caller, earlier), 200, { location });
      const outcome = await scoreEnsemble(
        { id, reports, method, model, experiment, measure, subgroups, content },
        store,
      );
      if (!outcome.ok) {
        throw outcome.of === "scores"
          ? refusal(
            "scores_not_comparable",
            "The scores are not of the same samples",
            outcome.errors,
          )
          : refusal("invalid_request", "The subgroups cannot be used", outcome.errors);
      }
      await store.put(outcome.report, outcome.files, null);
      return c.json(seenBy(caller, outcome.report), 201, { location });
    },
  );
}
