import { jsonAnswer, jsonBody, problems, routesOf } from "../../../shared/contracts/answers.ts";
import { pairedRequest, pairedSchema } from "../../../shared/contracts/paired_decisions.ts";
import { tuningScores } from "../../../shared/contracts/thresholds.ts";
import { refusal, type ServiceApp } from "../../../shared/http/mod.ts";
import type { ScoringDependencies } from "../dependencies.ts";
import { readScoresAs } from "../store/score_reader.ts";
import { askerOf } from "./asker.ts";

const route = routesOf("comparisons");

/** Adds `/v1/paired-decisions` to an app. */
export function addPairedDecisionRoutes(
  app: ServiceApp,
  { store, compute }: Pick<ScoringDependencies, "store" | "compute">,
): void {
  app.openapi(
    route("post", "/v1/paired-decisions", "compareDecisions", {
      summary: "Compare decisions on the same women; nothing is kept",
      description:
        "Models at thresholds, recorded reads and the consensus: paired tests and intervals, non-inferiority, Holm, " +
        "and the samples with different decisions. For the data owner and the user who uploaded the list.",
      request: { body: jsonBody(pairedRequest) },
      responses: {
        200: jsonAnswer(pairedSchema, "The comparisons"),
        ...problems("invalid_request", "forbidden", "not_found", "unsupported_media_type"),
      },
    }),
    async (c) => {
      const request = c.req.valid("json");
      const asker = askerOf(c);
      const decisions = request.comparisons.flatMap(({ first, second }) => [first, second]);
      const models = decisions.flatMap((one) => "threshold" in one ? [one] : []);
      const ids = [
        request.score,
        ...models.flatMap(({ score }) => score ?? []),
        ...tuningScores(models.map(({ threshold }) => threshold)),
      ];
      const reports = await readScoresAs(asker.caller, store).withTruth(
        [...new Set(ids)],
        "A comparison of decisions",
      );
      const outcome = await compute.run("decide", { reports, request }, asker);
      if (outcome.ok) return c.json(outcome.paired, 200);
      throw refusal("invalid_request", "The decisions cannot be compared", outcome.errors);
    },
  );
}
