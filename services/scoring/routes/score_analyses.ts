import { jsonAnswer, jsonBody, problems, routesOf } from "../../../shared/contracts/answers.ts";
import { analysisRequest, analysisSchema } from "../../../shared/contracts/score_analyses.ts";
import { tuningScores } from "../../../shared/contracts/thresholds.ts";
import { refusal, type ServiceApp } from "../../../shared/http/mod.ts";
import type { ScoringDependencies } from "../dependencies.ts";
import { readScoresAs } from "../store/score_reader.ts";
import { askerOf } from "./asker.ts";

const route = routesOf("scores");

/** Adds `/v1/score-analyses` to an app. */
export function addAnalysisRoutes(
  app: ServiceApp,
  { store, compute }: Pick<ScoringDependencies, "store" | "compute">,
): void {
  app.openapi(
    route("post", "/v1/score-analyses", "analyseScore", {
      summary: "Measure a score for decisions; nothing is kept",
      description:
        "Weighted measures with standard errors of the sampling, horizons, thresholds chosen on other women, " +
        "net benefit, partial AUC, recalibration. For the data owner and the user who uploaded the list.",
      request: { body: jsonBody(analysisRequest) },
      responses: {
        200: jsonAnswer(analysisSchema, "The analysis"),
        ...problems("invalid_request", "forbidden", "not_found", "unsupported_media_type"),
      },
    }),
    async (c) => {
      const request = c.req.valid("json");
      const asker = askerOf(c);
      const asked = [...request.thresholds, request.recalibration];
      const [report, ...tuning] = await readScoresAs(asker.caller, store).withTruth(
        [request.score, ...tuningScores(asked)],
        "An analysis",
      );
      const outcome = await compute.run("analyse", { report: report!, tuning, request }, asker);
      if (outcome.ok) return c.json(outcome.analysis, 200);
      throw refusal("invalid_request", "The score cannot be analysed", outcome.errors);
    },
  );
}
