import type {
  Leaderboard,
  LeaderboardEntry,
  LeaderboardLevel,
} from "../../../shared/contracts/leaderboards.ts";
import { type Level, LEVELS, type ScoreReport } from "../../../shared/contracts/scores.ts";
import { matchReports } from "../comparison/compare_scores.ts";
import { corrected, zTestOf } from "../difference_tests.ts";
import { listScores } from "../list_scores.ts";
import type { ScoreStore } from "../score_store.ts";
import { pairedClusteredDelong, undefinedBecause } from "../statistics/mod.ts";
import { countScores, parametersOf, versionOf, type VersionScores } from "./count_scores.ts";

/** What a leaderboard is made from. */
export interface LeaderboardDependencies {
  readonly store: ScoreStore;
  /** Evaluations that a model author has of one model version on one dataset. */
  readonly quota: number;
}

/** Confidence of the intervals of differences; those of the values are the reports' own. */
const CONFIDENCE = 0.95;

/**
 * Ranks all models on one dataset, by level. Scores of the dataset as it was before it was registered
 * anew are left out, and said.
 *
 * @param dataset id of the dataset
 * @param deps where scores are
 * @returns the leaderboard, or null where there is neither dataset nor score
 */
export async function makeLeaderboard(
  dataset: string,
  { store, quota }: LeaderboardDependencies,
): Promise<Leaderboard | null> {
  const { reports } = await listScores({ dataset, limit: Infinity }, store);
  const registered = await store.digest(dataset);
  if (registered === null && reports.length === 0) return null;
  const digest = registered ?? digestOf(reports[0]!);
  const current = reports.filter((report) => digestOf(report) === digest);
  const versions = countScores(current);
  const levels = new Map<Level, Map<string, LeaderboardLevel>>();
  for (const level of LEVELS) {
    const latest = versions.map((version) => version.latest);
    levels.set(
      level,
      await rankLevel(latest.filter((report) => report.levels[level]), level, store),
    );
  }
  const entries = versions.map((version) => entryOf(version, levels, quota));
  return {
    dataset,
    dataset_digest: digest,
    entries: entries.sort((a, b) => rankOf(a) - rankOf(b)),
    excluded: reports.filter((report) => !current.includes(report)).map(({ id, model }) => ({
      score: id,
      model,
      reason: "The dataset was registered anew since, with other exams, labels or images",
    })),
    created_at: new Date().toISOString(),
  };
}

function entryOf(
  { latest, superseded, evaluations }: VersionScores,
  levels: ReadonlyMap<Level, ReadonlyMap<string, LeaderboardLevel>>,
  quota: number,
): LeaderboardEntry {
  const image = levels.get("image")!.get(latest.id);
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
    levels: {
      breast: levels.get("breast")!.get(latest.id)!,
      ...(image === undefined ? {} : { image }),
    },
    warnings_total: latest.warnings_total,
    provenance: latest.provenance,
    created_at: latest.created_at,
  };
}

async function rankLevel(
  reports: readonly ScoreReport[],
  level: Level,
  store: ScoreStore,
): Promise<Map<string, LeaderboardLevel>> {
  const aurocOf = (report: ScoreReport): number | null => report.levels[level]!.auroc.value;
  const best = reports.reduce<ScoreReport | null>((found, report) => {
    const value = aurocOf(report);
    if (value === null) return found;
    return found === null || value > aurocOf(found)! ? report : found;
  }, null);
  const others = reports.filter((report) => report !== best);
  const tests = best === null ? [] : await againstBest(best, others, level, store);
  return new Map(reports.map((report): [string, LeaderboardLevel] => {
    const { count, positives, exams, auroc, auprc, average_precision, brier } = report
      .levels[level]!;
    const ahead = reports.filter((other) => (aurocOf(other) ?? -1) > (auroc.value ?? 2)).length;
    return [report.id, {
      rank: auroc.value === null ? null : 1 + ahead,
      count,
      positives,
      exams,
      auroc,
      auprc,
      average_precision,
      brier,
      against_best: tests[others.indexOf(report)] ?? null,
    }];
  }));
}

async function againstBest(
  best: ScoreReport,
  others: readonly ScoreReport[],
  level: Level,
  store: ScoreStore,
): Promise<NonNullable<LeaderboardLevel["against_best"]>[]> {
  const tests: NonNullable<LeaderboardLevel["against_best"]>[] = [];
  for (const other of others) {
    const match = await matchReports([other, best], level, store);
    if (!match.ok) {
      const reason = match.errors[0]!.message;
      const nothing = { z: null, ci: null, p: null, p_holm: null, undefined: reason };
      tests.push({ difference: undefinedBecause(reason), ...nothing });
      continue;
    }
    const { scores: [a, b], labels, exams } = match.matched;
    const test = pairedClusteredDelong(a!, b!, labels, exams, CONFIDENCE);
    tests.push({ difference: test.difference, ...zTestOf(test) });
  }
  return corrected(tests);
}

function digestOf({ provenance }: ScoreReport): string | null {
  const digest = provenance["dataset_digest"];
  return typeof digest === "string" ? digest : null;
}

/** Entries without a rank come last. */
function rankOf(entry: LeaderboardEntry): number {
  return entry.levels.breast.rank ?? Infinity;
}
