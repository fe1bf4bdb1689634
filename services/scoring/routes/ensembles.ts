import { isDeepStrictEqual } from "node:util";
import { jsonAnswer, jsonBody, problems, routesOf } from "../../../shared/contracts/answers.ts";
import { type EnsembleRequest, ensembleRequest } from "../../../shared/contracts/ensembles.ts";
import { scoreReportSchema } from "../../../shared/contracts/scores.ts";
import { OPERATING_POINTS_DEFAULT } from "../../../shared/contracts/scoring_options.ts";
import { Problem, refusal, type ServiceApp } from "../../../shared/http/mod.ts";
import type { ScoringDependencies } from "../dependencies.ts";
import { idOfContent } from "../store/content.ts";
import { measureOptions } from "../measures/measure_options.ts";
import { leastReleased, readScoresAs, requireTruthOf } from "../store/score_reader.ts";
import { askerOf } from "./asker.ts";
import { refuseUnmatched } from "./comparisons.ts";
import { readTuning } from "./measure_parts.ts";

const route = routesOf("comparisons");

export function addEnsembleRoutes(app: ServiceApp, deps: ScoringDependencies): void {
  const { store, compute } = deps;
  app.openapi(
    route("post", "/v1/ensembles", "combineScores", {
      summary: "Combine several scores: their mean, or the mean of their ranks",
      description: "The result is a score that can be compared with its parts. The same " +
        "request returns the existing report. Names of models of this site, or of evaluated models, are not allowed.",
      request: { body: jsonBody(ensembleRequest) },
      responses: {
        200: jsonAnswer(
          scoreReportSchema,
          "The existing report of an identical request",
          "Location",
        ),
        201: jsonAnswer(scoreReportSchema, "The score report of the ensemble", "Location"),
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
      const caller = c.get("caller");
      const reader = readScoresAs(caller, store);
      const parts = await reader.together(scores);
      const chosen = ownChoice({ subgroups, ...asked });
      for (const part of parts) if (chosen !== null) requireTruthOf(caller, part, chosen);
      const reports = parts.map(({ whole }) => whole);
      const measure = measureOptions(asked);
      // Includes the parts' content, because an evaluation may be scored again under the same ID.
      const tuning = await readTuning(measure, askerOf(c), store);
      const made = [...reports, ...tuning].map(({ id, provenance }) => [id, provenance["content"]]);
      const named = { method, model, experiment, subgroups };
      const content = await store.contentDigest(["ensemble", made, named, measure]);
      const id = idOfContent(content);
      const location = `/v1/scores/${id}`;
      const earlier = await store.get(id);
      if (earlier !== null) return c.json(reader.see(earlier).shown, 200, { location });
      await requireFreeName(model, deps);
      const outcome = await compute.run(
        "combine",
        { id, reports, ...named, measure, tuning, content },
        askerOf(c),
      );
      if (!outcome.ok) {
        throw outcome.of === "scores"
          ? refuseUnmatched(parts, outcome.errors)
          : refusal("invalid_request", "The subgroups cannot be used", outcome.errors);
      }
      // Before the score becomes readable: an ensemble of withheld scores is withheld.
      const release = leastReleased(parts);
      if (release !== "full") await store.release(id, release, caller.user);
      const report = await store.put(outcome.report, outcome.files, null);
      return c.json(reader.see(report).shown, 201, { location });
    },
  );
}

/** Ensembles have no quota: freely chosen counts, requested repeatedly, would reveal each label. */
function ownChoice(
  { subgroups, operating_points }: Pick<EnsembleRequest, "subgroups" | "operating_points">,
): string | null {
  if (typeof subgroups !== "boolean") return "Subgroups of your choice";
  return isDeepStrictEqual(operating_points, OPERATING_POINTS_DEFAULT)
    ? null
    : "Operating points of your choice";
}

/** @throws {Problem} `invalid_request` if a registered or evaluated model has the name, ignoring case */
async function requireFreeName(
  name: string | null,
  { modelNames, store }: Pick<ScoringDependencies, "modelNames" | "store">,
): Promise<void> {
  if (name === null) return;
  const isTaken = (other: string | null): boolean => other?.toLowerCase() === name.toLowerCase();
  const which = modelNames().some(isTaken)
    ? "a model of this site"
    : (await store.headings()).some(({ evaluation, model }) =>
        evaluation !== null && isTaken(model)
      )
    ? "a model that was evaluated here"
    : null;
  if (which === null) return;
  throw new Problem(
    "invalid_request",
    `model: ${name} is the name of ${which}: choose another name, for example ${name}_ensemble`,
  );
}
