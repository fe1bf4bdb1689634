import { jsonAnswer, jsonBody, problems, routesOf } from "../../../shared/contracts/answers.ts";
import {
  pairedPageQuery,
  type PairedRequest,
  pairedRequest,
  pairedSchema,
} from "../../../shared/contracts/paired_decisions.ts";
import { tuningScores } from "../../../shared/contracts/thresholds.ts";
import { invalidRequest, refusal, type ServiceApp } from "../../../shared/http/mod.ts";
import { DISCORDANT_LISTED_MAX } from "../../../shared/limits.ts";
import { scoreText } from "../../../shared/pages/mod.ts";
import type { DecideOutcome } from "../analysis/compare_decisions.ts";
import type { Asker } from "../compute/compute.ts";
import type { ScoringDependencies } from "../dependencies.ts";
import { writePairedPage } from "../report/pages/mod.ts";
import { readScoresAs } from "../store/score_reader.ts";
import type { ScoreHeading } from "../store/score_store.ts";
import { askerOf } from "./asker.ts";
import { keptQuery, type PageQuery, readQuery, reportedThresholds } from "./page_query.ts";

const route = routesOf("comparisons");

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
      const { paired } = await decide(c.req.valid("json"), { store, compute }, askerOf(c));
      return c.json(paired, 200);
    },
  );
}

type Deps = Pick<ScoringDependencies, "store" | "compute">;

async function decide(
  request: PairedRequest,
  { store, compute }: Deps,
  asker: Asker,
  possible = false,
): Promise<Extract<DecideOutcome, { readonly ok: true }>> {
  const decisions = request.comparisons.flatMap(({ first, second }) => [first, second]);
  const models = decisions.flatMap((one) => "threshold" in one ? [one] : []);
  const ids = [
    request.score,
    ...models.flatMap(({ score }) => score ?? []),
    ...tuningScores(models.map(({ threshold }) => threshold)),
  ];
  const reports = await readScoresAs(asker.caller, store).withTruth([...new Set(ids)], WHAT);
  const outcome = await compute.run("decide", { reports, request, possible }, asker);
  if (outcome.ok) return outcome;
  throw refusal("invalid_request", "The decisions cannot be compared", outcome.errors);
}

const WHAT = "A comparison of decisions";

/** Decisions that a model is compared with on a page, as far as the exams have them. */
const RECORDED = [
  ["First reader", { read: 1 }],
  ["Second reader", { read: 2 }],
  ["Consensus", { consensus: true }],
] as const;

/** @throws {Problem} if the query is invalid, the truth may not be seen, or nothing can be compared */
export async function pairedPage(query: PageQuery, deps: Deps, asker: Asker): Promise<string> {
  const asked = readQuery(pairedPageQuery, query);
  const reader = readScoresAs(asker.caller, deps.store);
  const [whole] = await reader.withTruth([asked.score], WHAT);
  const threshold = asked.threshold ?? reportedThresholds(whole!).at(-1) ?? 0.5;
  const headings = await reader.headings();
  const others = headings.filter(({ id, dataset }) =>
    id !== whole!.id && dataset === whole!.dataset
  );
  const other = others.find(({ id }) => id === asked.other);
  const otherThreshold = asked.other_threshold ?? threshold;
  const hasReads = whole!.provenance["reads"] === true && whole!.levels.exam !== undefined;
  const seconds = [
    ...hasReads ? RECORDED : [],
    ...asked.other === undefined ? [] : [
      [
        `${other === undefined ? "The other" : nameOf(other)}, ${scoreText(otherThreshold)}`,
        { score: asked.other, threshold: otherThreshold },
      ] as const,
    ],
  ];
  const request = pairedRequest.safeParse({
    score: asked.score,
    truth: asked.within_days === undefined ? null : { within_days: asked.within_days },
    discordant: DISCORDANT_LISTED_MAX,
    comparisons: seconds.map(([, second]) => ({ first: { threshold }, second })),
    margin: asked.margin === undefined ? {} : { sensitivity: asked.margin },
  });
  if (seconds.length > 0 && !request.success) throw invalidRequest(request.error, "query");
  const decided = request.success ? await decide(request.data, deps, asker, true) : null;
  return writePairedPage({
    score: asked.score,
    model: whole!.model,
    paired: decided?.paired ?? null,
    names: decided?.kept.map((at) => seconds[at]![0]) ?? [],
    first: `${whole!.model ?? "Model"}, ${scoreText(threshold)}`,
    dataset: whole!.dataset,
    others: others.slice(0, OTHERS_LISTED_MAX).map((one) => [one.id, nameOf(one)]),
    query: keptQuery(query),
  });
}

/** Scores in the form, newest first. */
const OTHERS_LISTED_MAX = 100;

function nameOf({ model, experiment }: Pick<ScoreHeading, "model" | "experiment">): string {
  return experiment === null ? model ?? "uploaded" : `${model ?? "uploaded"} (${experiment})`;
}
