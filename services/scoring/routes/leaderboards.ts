import { z } from "@hono/zod-openapi";
import { accepts } from "hono/accepts";
import { fileAnswers, jsonAnswer, problems, routesOf } from "../../../shared/contracts/answers.ts";
import {
  leaderboardListSchema,
  leaderboardSchema,
} from "../../../shared/contracts/leaderboards.ts";
import type { ScoreReport } from "../../../shared/contracts/scores.ts";
import {
  contentOf,
  fileAnswer,
  Problem,
  requireTruthAccess,
  type ServiceApp,
} from "../../../shared/http/mod.ts";
import type { ScoringDependencies } from "../dependencies.ts";
import { leaderboardCsv } from "../leaderboard/leaderboard_csv.ts";
import { joinBytes } from "../../../shared/format/mod.ts";
import { datasetId } from "../../../shared/contracts/parameters.ts";
import { PREDICTIONS_BESIDE_MAX, SCORES_EXPORTED_MAX } from "../../../shared/limits.ts";
import { makeLeaderboard } from "../leaderboard/make_leaderboard.ts";
import { readScoresAs } from "../store/score_reader.ts";
import { askerOf } from "./asker.ts";
import { CONTENT_TYPES } from "./score_files.ts";

const route = routesOf("comparisons");

const CSV_ENDING = ".csv";

const boardRoute = route("get", "/v1/leaderboards/{dataset}", "getLeaderboard", {
  summary: "All models on one dataset; CSV for Accept: text/csv, or with .csv at the end",
  description:
    "The latest score of each model version and parameters, ranked by AUROC at breast level " +
    "and compared with the best.",
  request: {
    params: z.object({
      dataset: z.string().openapi({
        description: "Id of the dataset; with `.csv` at the end the answer is CSV",
        example: "sample",
      }),
    }),
  },
  responses: {
    ...fileAnswers({
      description: "The leaderboard",
      content: {
        "application/json": { schema: leaderboardSchema },
        "text/csv": { schema: z.string() },
      },
    }),
    ...problems("not_found"),
  },
});

/** A table of what all scores on a dataset have. */
const exportOf = <Name extends "scores" | "predictions">(
  name: Name,
  of: { operationId: string; summary: string; description: string },
) => {
  const { operationId, ...rest } = of;
  return route("get", `/v1/leaderboards/{dataset}/${name}.csv`, operationId, {
    ...rest,
    request: {
      params: z.object({ dataset: datasetId }),
      query: z.object({ model: z.string().optional().describe("Scores of this model only") }),
    },
    responses: {
      ...fileAnswers({
        description: `The ${name}`,
        content: { "text/csv": { schema: z.string() } },
      }),
      ...problems("invalid_request", "forbidden", "not_found", "too_large"),
    },
  });
};

const scoresRoute = exportOf("scores", {
  operationId: "exportScores",
  summary: "Every value of all scores on a dataset, as CSV",
  description:
    "One row per score, level, subgroup, operating point and metric, with all intervals; newest " +
    "scores first. Values are those that the caller may see, as in the reports.",
});

const predictionsRoute = exportOf("predictions", {
  operationId: "exportPredictions",
  summary: "The predictions of all models on a dataset side by side, as CSV",
  description:
    "One row per exam and breast with its truth, one column for the latest score of each model and " +
    "experiment on the dataset in its present state. For those who may see the truth.",
});

/** Scores of one job: the table is written in parts, so that no request is large. */
const EXPORTED_AT_ONCE = 50;

export function addLeaderboardRoutes(app: ServiceApp, deps: ScoringDependencies): void {
  const { store } = deps;
  app.openapi(
    route("get", "/v1/leaderboards", "listLeaderboards", {
      summary: "List the datasets that have scores",
      description: "By name.",
      responses: {
        200: jsonAnswer(leaderboardListSchema, "Datasets with their numbers of scores"),
      },
    }),
    async (c) => {
      const counts = new Map<string, number>();
      for (const { dataset } of await readScoresAs(c.get("caller"), store).headings()) {
        if (dataset !== null) counts.set(dataset, (counts.get(dataset) ?? 0) + 1);
      }
      const items = [...counts].map(([dataset, scores]) => ({ dataset, scores }));
      return c.json({ items: items.sort((a, b) => a.dataset < b.dataset ? -1 : 1) }, 200);
    },
  );

  addExports(app, deps);
  app.openapi(boardRoute, async (c) => {
    const { dataset } = c.req.valid("param");
    const named = dataset.endsWith(CSV_ENDING);
    const id = await store.datasetId(named ? dataset.slice(0, -CSV_ENDING.length) : dataset);
    const reader = readScoresAs(c.get("caller"), store);
    const leaderboard = await makeLeaderboard(id, { ...deps, reader }, askerOf(c));
    if (leaderboard === null) {
      throw new Problem("not_found", `There is no dataset ${JSON.stringify(id)} with scores`);
    }
    const type = accepts(c, {
      header: "Accept",
      supports: ["application/json", "text/csv"],
      default: "application/json",
    });
    if (!named && type === "application/json") return c.json(leaderboard, 200);
    return fileAnswer(c, {
      ...contentOf(new TextEncoder().encode(leaderboardCsv(leaderboard))),
      type: CONTENT_TYPES["csv"]!,
      name: `leaderboard_${id}.csv`,
      isDownload: true,
    });
  });
}

/** Adds the tables of all scores and of all predictions on a dataset. */
function addExports(
  app: ServiceApp,
  { store, compute }: Pick<ScoringDependencies, "store" | "compute">,
): void {
  app.openapi(scoresRoute, async (c) => {
    const dataset = await store.datasetId(c.req.valid("param").dataset);
    const filter = { dataset, ...c.req.valid("query"), limit: SCORES_EXPORTED_MAX };
    const { scores, more, total } = await readScoresAs(c.get("caller"), store).list(filter);
    if (more) {
      throw new Problem(
        "too_large",
        `${total} scores are more than ${SCORES_EXPORTED_MAX}: choose a model with ?model=`,
      );
    }
    if (total === 0) {
      throw new Problem("not_found", `There are no scores on ${JSON.stringify(dataset)}`);
    }
    const parts: Uint8Array[] = [];
    for (let at = 0; at < scores.length; at += EXPORTED_AT_ONCE) {
      const reports = scores.slice(at, at + EXPORTED_AT_ONCE).map(({ shown }) => shown);
      parts.push(await compute.run("export", { reports, isFirst: at === 0 }, askerOf(c)));
    }
    return fileAnswer(c, {
      ...contentOf(joinBytes(parts)),
      type: CONTENT_TYPES["csv"]!,
      name: `scores_${dataset}.csv`,
      isDownload: true,
    });
  });

  app.openapi(predictionsRoute, async (c) => {
    const dataset = await store.datasetId(c.req.valid("param").dataset);
    requireTruthAccess(c.get("caller"), { dataset }, "Predictions of all models beside the truth");
    const filter = { dataset, ...c.req.valid("query"), limit: Infinity };
    const { scores } = await readScoresAs(c.get("caller"), store).list(filter);
    const reports = latestOf(scores.map(({ whole }) => whole));
    if (reports.length === 0) {
      throw new Problem("not_found", `There are no scores on ${JSON.stringify(dataset)}`);
    }
    if (reports.length > PREDICTIONS_BESIDE_MAX) {
      throw new Problem(
        "too_large",
        `${reports.length} columns are more than ${PREDICTIONS_BESIDE_MAX}: choose a model with ?model=`,
      );
    }
    const outcome = await compute.run("side", { reports }, askerOf(c));
    if (!outcome.ok) throw new Problem("not_found", outcome.reason);
    return fileAnswer(c, {
      ...contentOf(outcome.csv as Uint8Array<ArrayBuffer>),
      type: CONTENT_TYPES["csv"]!,
      name: `predictions_${dataset}.csv`,
      isDownload: true,
    });
  });
}

/** The latest score of each model and experiment on the same state of the dataset as the newest one. */
function latestOf(newestFirst: readonly ScoreReport[]): readonly ScoreReport[] {
  const digest = newestFirst[0]?.provenance["dataset_digest"];
  const current = newestFirst.filter(({ provenance }) => provenance["dataset_digest"] === digest);
  const groups = Map.groupBy(
    current,
    ({ model, experiment }) => JSON.stringify([model, experiment]),
  );
  return [...groups.values()].map(([latest]) => latest!);
}
