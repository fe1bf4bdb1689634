import { jsonAnswer, jsonBody, problems, routesOf } from "../../../shared/contracts/answers.ts";
import {
  analysisPageQuery,
  type AnalysisRequest,
  analysisRequest,
  analysisSchema,
  type ScoreAnalysis,
} from "../../../shared/contracts/score_analyses.ts";
import { tuningScores } from "../../../shared/contracts/thresholds.ts";
import { invalidRequest, refusal, type ServiceApp } from "../../../shared/http/mod.ts";
import type { Asker } from "../compute/compute.ts";
import type { ScoringDependencies } from "../dependencies.ts";
import { writeAnalysisPage } from "../report/pages/mod.ts";
import { readScoresAs } from "../store/score_reader.ts";
import { askerOf } from "./asker.ts";
import {
  keptQuery,
  numbersOf,
  type PageQuery,
  readQuery,
  reportedThresholds,
} from "./page_query.ts";

const route = routesOf("scores");

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
    async (c) =>
      c.json(await makeAnalysis(c.req.valid("json"), { store, compute }, askerOf(c)), 200),
  );
}

type Deps = Pick<ScoringDependencies, "store" | "compute">;

async function makeAnalysis(
  request: AnalysisRequest,
  { store, compute }: Deps,
  asker: Asker,
): Promise<ScoreAnalysis> {
  const asked = [...request.thresholds, request.recalibration];
  const [report, ...tuning] = await readScoresAs(asker.caller, store).withTruth(
    [request.score, ...tuningScores(asked)],
    "An analysis",
  );
  const outcome = await compute.run("analyse", { report: report!, tuning, request }, asker);
  if (outcome.ok) return outcome.analysis;
  throw refusal("invalid_request", "The score cannot be analysed", outcome.errors);
}

/** Thresholds of the net benefit on a page. */
const BENEFIT_THRESHOLDS = 60;
/** Women that thresholds are chosen on, and recalibrations fitted on, for a page. */
const TUNE = { cross_fit: 5, seed: 1 };

/** @throws {Problem} if the query is invalid, the truth may not be seen, or nothing can be measured */
export async function analysisPage(query: PageQuery, deps: Deps, asker: Asker): Promise<string> {
  const asked = readQuery(analysisPageQuery, query);
  const [whole] = await readScoresAs(asker.caller, deps.store).withTruth(
    [asked.score],
    "An analysis",
  );
  const days = numbersOf("within_days", asked.within_days);
  const given = numbersOf("thresholds", asked.thresholds);
  const level = whole!.levels.exam ?? whole!.levels.breast;
  // Five times as high as the prevalence: where a screening programme decides.
  const upTo = asked.up_to ?? Math.min(0.9, 5 * (level?.positives ?? 1) / (level?.count || 1));
  const request = analysisRequest.safeParse({
    score: asked.score,
    truth: days.length === 0 ? null : { within_days: days },
    thresholds: [
      ...given.length > 0 ? given : new Set(reportedThresholds(whole!)),
      ...asked.specificity === undefined
        ? []
        : [{ target: { specificity: asked.specificity }, tune: TUNE }],
    ],
    net_benefit: {
      thresholds: Array.from(
        { length: BENEFIT_THRESHOLDS },
        (_, at) => upTo * at / (BENEFIT_THRESHOLDS - 1),
      ),
      prevalence: asked.prevalence ?? null,
    },
    partial_auc: [
      { focus: "specificity", from: 0.9, to: 1 },
      { focus: "sensitivity", from: 0.8, to: 1 },
    ],
    recalibration: asked.recalibrate === "yes" ? { tune: TUNE } : null,
  });
  if (!request.success) throw invalidRequest(request.error, "query");
  const analysis = await makeAnalysis(request.data, deps, asker);
  return writeAnalysisPage({ analysis, query: keptQuery(query) });
}
