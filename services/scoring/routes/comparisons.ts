import { jsonAnswer, jsonBody, problems, routesOf } from "../../../shared/contracts/answers.ts";
import { comparisonRequest, comparisonSchema } from "../../../shared/contracts/comparisons.ts";
import type {
  Comparison,
  ComparisonRequest,
  Discordant,
} from "../../../shared/contracts/comparisons.ts";
import { type Fault, faultOf } from "../../../shared/domain/mod.ts";
import { Problem, refusal, type ServiceApp } from "../../../shared/http/mod.ts";
import { COMPARISON_REPLICATES_MAX } from "../../../shared/limits.ts";
import type { ScoringDependencies } from "../dependencies.ts";
import type { Asker } from "../compute/compute.ts";
import { bootstrapOptions } from "../measures/measure_options.ts";
import { readScoresAs, type SeenScore } from "../store/score_reader.ts";
import { askerOf } from "./asker.ts";

const route = routesOf("comparisons");

export function addComparisonRoutes(app: ServiceApp, deps: ScoringDependencies): void {
  app.openapi(
    route("post", "/v1/comparisons", "compareScores", {
      summary: "Compare scores over the same exams; the result is not stored",
      description:
        "Paired tests: DeLong and bootstrap by exam, corrected by Holm over all pairs; intervals by row " +
        "without p; non-inferiority where a margin is given.",
      request: { body: jsonBody(comparisonRequest) },
      responses: {
        200: jsonAnswer(comparisonSchema, "The comparison"),
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
      const { comparison } = await makeComparison(c.req.valid("json"), deps, askerOf(c));
      return c.json(comparison, 200);
    },
  );
}

/** A comparison, with what only a page shows. */
export interface MadeComparison {
  readonly comparison: Comparison;
  /** For each of its pairs; null for callers who may not see the truth of all scores. */
  readonly discordant: readonly Discordant[] | null;
  readonly seen: readonly SeenScore[];
}

/** @throws {Problem} if a score is missing, the caller may not compare them, or their samples differ */
export async function makeComparison(
  { scores, level, reference, margin, bootstrap }: ComparisonRequest,
  { store, compute }: Pick<ScoringDependencies, "store" | "compute">,
  asker: Asker,
): Promise<MadeComparison> {
  if (reference !== null && !scores.includes(reference)) {
    throw new Problem("invalid_request", "reference: must be one of the scores");
  }
  const options = bootstrapOptions(bootstrap);
  const pairs = reference === null ? scores.length * (scores.length - 1) / 2 : scores.length - 1;
  const replicates = pairs * (options?.replicates ?? 0);
  if (replicates > COMPARISON_REPLICATES_MAX) {
    throw new Problem(
      "invalid_request",
      `bootstrap: ${pairs} pairs would draw ${replicates} replicates; the limit is ` +
        `${COMPARISON_REPLICATES_MAX}: request fewer, or set a reference`,
    );
  }
  const seen = await readScoresAs(asker.caller, store).together(scores);
  const reports = seen.map(({ whole }) => whole);
  const outcome = await compute.run(
    "compare",
    {
      ...{ reports, level, reference, margin, bootstrap: options },
      truth: seen.every(({ truth }) => truth),
    },
    asker,
  );
  if (outcome.ok) return { ...outcome, seen };
  throw refuseUnmatched(seen, outcome.errors);
}

/** Only callers with the truth of all scores get the differences, which name exams and their labels. */
export function refuseUnmatched(scores: readonly SeenScore[], errors: readonly Fault[]): Problem {
  const told = scores.every(({ truth }) => truth) ? errors : [DIFFERENT];
  return refusal("scores_not_comparable", "The scores have different samples", told);
}

const DIFFERENT = faultOf({
  code: "samples_differ",
  message: "only the data owner may see the differences",
});
