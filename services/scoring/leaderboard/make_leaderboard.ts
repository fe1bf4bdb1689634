import type {
  Leaderboard,
  LeaderboardEntry,
  LeaderboardLevel,
} from "../../../shared/contracts/leaderboards.ts";
import {
  type Level,
  type LevelReport,
  LEVELS,
  mapLevels,
  type ScoreReport,
} from "../../../shared/contracts/scores.ts";
import type { Asker, Compute } from "../compute/compute.ts";
import type { ScoreReader, SeenScore } from "../store/score_reader.ts";
import type { ScoreStore } from "../store/score_store.ts";
import { truthRuleOf } from "../../../shared/contracts/truth.ts";
import { boardOf, rankLevel, testBoards } from "./rank_level.ts";
import { undefinedTest } from "../measures/difference_tests.ts";
import { undefinedBecause } from "../statistics/mod.ts";

export interface LeaderboardDependencies {
  readonly reader: ScoreReader;
  readonly store: ScoreStore;
  readonly compute: Compute;
  /** Evaluations per model version and dataset that a model author may request. */
  readonly quota: number;
}

/** Ranks all models on one dataset, by level; null if there is neither dataset nor score. */
export async function makeLeaderboard(
  dataset: string,
  { reader, store, compute, quota }: LeaderboardDependencies,
  asker: Asker,
): Promise<Leaderboard | null> {
  const { scores: all } = await reader.list({ dataset, limit: Infinity });
  // Another report of the same predictions is no other result of the model.
  const scores = all.filter(({ whole }) => whole.provenance["rescored_from"] === undefined);
  const reports = scores.map(({ whole }) => whole);
  const registered = await store.digest(dataset);
  if (registered === null && reports.length === 0) return null;
  const digest = registered ?? digestOf(reports[0]!);
  const current = reports.filter((report) =>
    digestOf(report) === digest && truthRuleOf(report) === null
  );
  const versions = countScores(current);
  // Uploaded predictions were not made here, so they have a separate ranking.
  const groups = [false, true].map((isUploaded) =>
    versions.filter(({ latest }) => (originOf(latest) === "uploaded") === isUploaded)
  );
  const boards = groups.map((group) => {
    const latest = group.map((version) => version.latest);
    return LEVELS.map((level) => boardOf(latest, level));
  });
  const testOf = await testBoards(boards.flat(), compute, asker);
  const entries = groups.flatMap((group, at) => {
    const levels = new Map(boards[at]!.map((board) => [board.level, rankLevel(board, testOf)]));
    const ranked = group.map((version) => entryOf(version, levels, quota));
    return seenEntries(ranked, scores).sort(byRank);
  });
  return {
    dataset,
    dataset_digest: digest,
    entries,
    excluded: reports.filter((report) => !current.includes(report)).map((report) => ({
      score: report.id,
      model: report.model,
      reason: digestOf(report) === digest
        ? `Positive is a cancer within ${truthRuleOf(report)!.within_days} days here: compare it ` +
          "with scores of the same truth"
        : "The dataset was registered again since then, with different exams, labels or images",
    })),
    note: current.some(({ provenance }) => provenance["weights"] === true) ? UNWEIGHTED : null,
    created_at: new Date().toISOString(),
  };
}

const UNWEIGHTED =
  "The exams were sampled with weights. Ranks, values and tests here count every exam once: they compare models on " +
  "these exams, not on the programme that the exams were drawn from. The report of a score and POST /v1/comparisons " +
  "have the weighted results.";

function entryOf(
  { latest, superseded, evaluations }: VersionScores,
  levels: ReadonlyMap<Level, ReadonlyMap<string, LeaderboardLevel>>,
  quota: number,
): LeaderboardEntry {
  return {
    model: latest.model,
    model_version: versionOf(latest),
    parameters: parametersOf(latest),
    experiment: latest.experiment,
    score: latest.id,
    evaluation: latest.evaluation,
    scores: 1 + superseded.length,
    superseded: superseded.map(({ id }) => id),
    evaluations,
    quota_left_at_most: latest.evaluation === null ? null : Math.max(0, quota - evaluations),
    levels: mapLevels(latest.levels, (_, level) => levels.get(level)!.get(latest.id)!),
    warnings_total: latest.warnings_total,
    provenance: latest.provenance,
    created_at: latest.created_at,
    origin: originOf(latest),
  };
}

function digestOf({ provenance }: ScoreReport): string | null {
  const digest = provenance["dataset_digest"];
  return typeof digest === "string" ? digest : null;
}

/** Larger than any rank. */
const RANKS_MAX = 1e9;

/** Sorts by breast rank, then by exam rank, then unranked entries. */
function byRank(a: LeaderboardEntry, b: LeaderboardEntry): number {
  const rankOf = ({ levels: { breast, exam } }: LeaderboardEntry): number =>
    breast.rank ?? RANKS_MAX + (exam?.rank ?? RANKS_MAX);
  return rankOf(a) - rankOf(b);
}

/** A score that the caller may see. */
type ShownScore = SeenScore & { readonly shown: ScoreReport };

const COARSE = "The score is released with values of two digits, too few for a test";
const UNTESTED = { difference: undefinedBecause(COARSE), ...undefinedTest(COARSE) };

/** Limits the entries of a leaderboard to what the caller may see of each score. */
function seenEntries(
  entries: readonly LeaderboardEntry[],
  scores: readonly ShownScore[],
): LeaderboardEntry[] {
  const byId = new Map(scores.map((score) => [score.whole.id, score]));
  const isCoarse = ({ score }: LeaderboardEntry): boolean => {
    const { truth, released } = byId.get(score)!;
    return !truth && released !== "full";
  };
  // Tests against the best reveal the difference, and so the values of the best.
  const coarseBest = (level: Level): boolean =>
    entries.some((entry) => entry.levels[level]?.rank === 1 && isCoarse(entry));
  return entries.map((entry) => {
    const { shown } = byId.get(entry.score)!;
    const show = (measured: LeaderboardLevel, level: Level): LeaderboardLevel => {
      const untested = isCoarse(entry) || coarseBest(level);
      return {
        ...measured,
        ...valuesOf(shown.levels[level]!),
        against_best: untested && measured.against_best !== null ? UNTESTED : measured.against_best,
      };
    };
    return {
      ...entry,
      levels: mapLevels(entry.levels, show),
      warnings_total: shown.warnings_total,
      provenance: shown.provenance,
    };
  });
}

function valuesOf({ auroc, auprc, average_precision, brier }: LevelReport): Pick<
  LevelReport,
  "auroc" | "auprc" | "average_precision" | "brier"
> {
  return { auroc, auprc, average_precision, brier };
}

interface VersionScores {
  /** The latest score, which counts. */
  readonly latest: ScoreReport;
  /** The other scores, newest first. */
  readonly superseded: readonly ScoreReport[];
  /** Finished evaluations of the version, with any parameters. */
  readonly evaluations: number;
}

/** Groups scores (newest first) by model version, parameters and origin; unnamed models stay alone. */
function countScores(reports: readonly ScoreReport[]): VersionScores[] {
  const groups = new Map<string, ScoreReport[]>();
  for (const report of reports) {
    const key = keyOf(report);
    groups.set(key, [...groups.get(key) ?? [], report]);
  }
  return [...groups.values()].map(([latest, ...superseded]) => ({
    latest: latest!,
    superseded,
    evaluations:
      reports.filter((report) =>
        report.evaluation !== null && report.model === latest!.model &&
        versionOf(report) === versionOf(latest!)
      ).length,
  }));
}

/** The digest of the model's files, or null for predictions made elsewhere. */
function versionOf({ provenance }: ScoreReport): string | null {
  const version = provenance["model_version"];
  return typeof version === "string" ? version : null;
}

function parametersOf({ provenance }: ScoreReport): Record<string, unknown> {
  const parameters = provenance["parameters"];
  return typeof parameters === "object" && parameters !== null ? { ...parameters } : {};
}

function originOf(
  { evaluation, provenance }: Pick<ScoreReport, "evaluation" | "provenance">,
): LeaderboardEntry["origin"] {
  if (evaluation !== null) return "evaluated";
  return provenance["ensemble"] === undefined ? "uploaded" : "ensemble";
}

function keyOf(report: ScoreReport): string {
  if (report.model === null) return report.id;
  const parameters = Object.entries(parametersOf(report)).sort(([a], [b]) => a < b ? -1 : 1);
  return JSON.stringify([originOf(report), report.model, versionOf(report), parameters]);
}
