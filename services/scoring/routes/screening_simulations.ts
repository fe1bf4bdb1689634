import { jsonAnswer, jsonBody, problems, routesOf } from "../../../shared/contracts/answers.ts";
import {
  type ScreeningSimulation,
  simulationPageQuery,
  type SimulationRequest,
  simulationRequest,
  simulationSchema,
} from "../../../shared/contracts/screening.ts";
import { tuningScores } from "../../../shared/contracts/thresholds.ts";
import { invalidRequest, refusal, type ServiceApp } from "../../../shared/http/mod.ts";
import type { Asker } from "../compute/compute.ts";
import type { SimulateOutcome } from "../screening/simulate.ts";
import type { ScoringDependencies } from "../dependencies.ts";
import { writeSimulationPage } from "../report/pages/mod.ts";
import { readScoresAs } from "../store/score_reader.ts";
import { askerOf } from "./asker.ts";
import { keptQuery, type PageQuery, readQuery, reportedThresholds } from "./page_query.ts";

const route = routesOf("screening");

export function addScreeningRoutes(app: ServiceApp, deps: ScoringDependencies): void {
  app.openapi(
    route("post", "/v1/screening-simulations", "simulateScreening", {
      summary: "Simulate what a screening programme would do with a model; nothing is kept",
      description:
        "Pathways on the exams of a score that have reads and outcomes: reads, recalls and cancers " +
        "beside today's, with paired differences. For the data owner and the user who uploaded the list.",
      request: { body: jsonBody(simulationRequest) },
      responses: {
        200: jsonAnswer(simulationSchema, "The simulation"),
        ...problems("invalid_request", "forbidden", "not_found", "unsupported_media_type"),
      },
    }),
    async (c) => c.json(await makeSimulation(c.req.valid("json"), deps, askerOf(c)), 200),
  );
}

/** @throws {Problem} if a score is missing, its truth may not be seen, or reads or outcomes are missing */
export async function makeSimulation(
  request: SimulationRequest,
  { store, compute }: Pick<ScoringDependencies, "store" | "compute">,
  asker: Asker,
): Promise<ScreeningSimulation> {
  return (await simulate(request, { store, compute }, asker, null)).simulation;
}

async function simulate(
  request: SimulationRequest,
  { store, compute }: Pick<ScoringDependencies, "store" | "compute">,
  asker: Asker,
  curves: number | null,
): Promise<Extract<SimulateOutcome, { readonly ok: true }>> {
  const [report, ...tuning] = await readScoresAs(asker.caller, store).withTruth(
    [request.score, ...tuningScores(thresholdsOf(request))],
    "A screening simulation",
  );
  const outcome = await compute.run(
    "simulate",
    { report: report!, tuning, request, curves },
    asker,
  );
  if (outcome.ok) return outcome;
  throw refusal("invalid_request", "The screening cannot be simulated", outcome.errors);
}

function thresholdsOf({ pathways }: SimulationRequest): unknown[] {
  return pathways.flatMap((one) => "low" in one ? [one.low, one.high] : [one.threshold]);
}

/** Number of thresholds of a pathway's curve on a page. */
const CURVE_THRESHOLDS = 101;

/**
 * Every pathway that the reads allow, at thresholds from the query or the report.
 * @throws {Problem} if the query is invalid or nothing can be simulated
 */
export async function simulationPage(
  query: PageQuery,
  deps: Pick<ScoringDependencies, "store" | "compute">,
  asker: Asker,
): Promise<string> {
  const asked = readQuery(simulationPageQuery, query);
  const { whole } = await readScoresAs(asker.caller, deps.store).find(asked.score);
  const points = reportedThresholds(whole);
  const threshold = asked.threshold ?? points.at(-1) ?? 0.5;
  const low = asked.low ?? Math.min(threshold, ...points);
  const high = asked.high ?? Math.max(threshold, ...points);
  const request = simulationRequest.safeParse({
    score: asked.score,
    arbitration: asked.arbitration,
    truth: asked.within_days === undefined ? null : { within_days: asked.within_days },
    margin: asked.margin === undefined ? {} : { sensitivity: asked.margin },
    volume: asked.volume ?? null,
    cost_per_read: asked.cost_per_read ?? null,
    pathways: [
      { kind: "replace_second_reader", threshold },
      { kind: "replace_first_reader", threshold },
      { kind: "triage", threshold: low },
      { kind: "rule_out", threshold: low },
      { kind: "rule_in", threshold: high },
      { kind: "band_pass", low, high },
      { kind: "third_reader", threshold },
    ],
  });
  if (!request.success) throw invalidRequest(request.error, "query");
  const { simulation, curves, lost } = await simulate(request.data, deps, asker, CURVE_THRESHOLDS);
  const { dataset } = whole;
  return writeSimulationPage({ simulation, curves, lost, dataset, query: keptQuery(query) });
}
