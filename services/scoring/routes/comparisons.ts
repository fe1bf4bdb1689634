import { createRoute } from "@hono/zod-openapi";
import { jsonAnswer, problems } from "../../../shared/contracts/answers.ts";
import {
  type Comparison,
  type ComparisonRequest,
  comparisonRequest,
  comparisonSchema,
} from "../../../shared/contracts/comparisons.ts";
import { Problem, refusal, type ServiceApp } from "../../../shared/http/mod.ts";
import { COMPARISON_REPLICATES_MAX } from "../../../shared/limits.ts";
import type { ScoringDependencies } from "../app.ts";
import { compareScores } from "../comparison/compare_scores.ts";
import { bootstrapOptions } from "../measure_options.ts";
import type { ScoreStore } from "../score_store.ts";
import { findScores } from "./find_score.ts";

/**
 * Hangs `/v1/comparisons` on an app.
 *
 * @param app the service's app
 * @param deps what the route works with
 */
export function addComparisonRoutes(app: ServiceApp, { store }: ScoringDependencies): void {
  app.openapi(
    createRoute({
      method: "post",
      path: "/v1/comparisons",
      operationId: "compareScores",
      tags: ["comparisons"],
      summary: "Compare scores over the same exams; nothing is kept",
      description:
        "Paired tests: DeLong, bootstrap and permutation, by row and by exam, corrected by Holm over " +
        "all pairs; non-inferiority where a margin is given.",
      request: {
        body: { required: true, content: { "application/json": { schema: comparisonRequest } } },
      },
      responses: {
        200: jsonAnswer(comparisonSchema, "The comparison"),
        ...problems(
          "invalid_request",
          "not_found",
          "unsupported_media_type",
          "scores_not_comparable",
        ),
      },
    }),
    async (c) => c.json(await makeComparison(c.req.valid("json"), store), 200),
  );
}

/**
 * Compares what was asked for.
 *
 * @param request scores and options
 * @param store where scores are
 * @throws {Problem} where a score is not there, or they are not of the same samples
 */
export async function makeComparison(
  { scores, level, reference, margin, bootstrap }: ComparisonRequest,
  store: ScoreStore,
): Promise<Comparison> {
  if (reference !== null && !scores.includes(reference)) {
    throw new Problem("invalid_request", "reference: must be one of the scores");
  }
  const options = bootstrapOptions(bootstrap);
  const pairs = reference === null ? scores.length * (scores.length - 1) / 2 : scores.length - 1;
  const replicates = pairs * (options?.replicates ?? 0);
  if (replicates > COMPARISON_REPLICATES_MAX) {
    throw new Problem(
      "invalid_request",
      `bootstrap: ${pairs} pairs would draw ${replicates} replicates, at most ` +
        `${COMPARISON_REPLICATES_MAX} are: ask for fewer, or name a reference`,
    );
  }
  const reports = await findScores(scores, store);
  const outcome = await compareScores(
    { reports, level, reference, margin, bootstrap: options },
    store,
  );
  if (outcome.ok) return outcome.comparison;
  throw refusal("scores_not_comparable", "The scores are not of the same samples", outcome.errors);
}
