import type {
  Leaderboard,
  LeaderboardEntry,
  LeaderboardLevel,
} from "../../../shared/contracts/leaderboards.ts";
import { type Level, LEVELS, type ScoreReport } from "../../../shared/contracts/scores.ts";
import type { Asker, Compute } from "../compute/compute.ts";
import type { ScoreReader } from "../score_reader.ts";
import type { ScoreStore } from "../score_store.ts";
import type { AgainstBest, RankRequest } from "./against_best.ts";
import { seenEntries } from "./seen_entries.ts";
import {
  countScores,
  originOf,
  parametersOf,
  versionOf,
  type VersionScores,
} from "./count_scores.ts";

/** What a leaderboard is made from. */
export interface LeaderboardDependencies {
  /** The scores that whoever asks may see. */
  readonly reader: ScoreReader;
  readonly store: ScoreStore;
  readonly compute: Compute;
  /** Evaluations that a model author has of one model version on one dataset. */
  readonly quota: number;
}

/** Holds the scores of a level against the best. */
type TestLevel = (request: RankRequest) => Promise<readonly AgainstBest[]>;

/**
 * Ranks all models on one dataset, by level. Scores of the dataset as it was before it was registered
 * anew are left out, and said.
 *
 * @param dataset id of the dataset
 * @param deps where scores are, and what tests them
 * @param asker who waits for it
 * @returns the leaderboard, or null where there is neither dataset nor score
 */
export async function makeLeaderboard(
  dataset: string,
  { reader, store, compute, quota }: LeaderboardDependencies,
  asker: Asker,
): Promise<Leaderboard | null> {
  const { scores } = await reader.list({ dataset, limit: Infinity });
  const reports = scores.map(({ whole }) => whole);
  const registered = await store.digest(dataset);
  if (registered === null && reports.length === 0) return null;
  const digest = registered ?? digestOf(reports[0]!);
  const current = reports.filter((report) => digestOf(report) === digest);
  const versions = countScores(current);
  const test: TestLevel = (request) => compute.run("rank", request, asker);
  const entries: LeaderboardEntry[] = [];
  // Nobody here saw uploaded predictions being made: they have a ranking of their own.
  for (const isUploaded of [false, true]) {
    const group = versions.filter(({ latest }) => (originOf(latest) === "uploaded") === isUploaded);
    const ranked = await rankVersions(group, test, quota);
    entries.push(...seenEntries(ranked, scores).sort((a, b) => rankOf(a) - rankOf(b)));
  }
  return {
    dataset,
    dataset_digest: digest,
    entries,
    excluded: reports.filter((report) => !current.includes(report)).map(({ id, model }) => ({
      score: id,
      model,
      reason: "The dataset was registered anew since, with other exams, labels or images",
    })),
    created_at: new Date().toISOString(),
  };
}

async function rankVersions(
  versions: readonly VersionScores[],
  test: TestLevel,
  quota: number,
): Promise<LeaderboardEntry[]> {
  const latest = versions.map((version) => version.latest);
  const levels = new Map<Level, Map<string, LeaderboardLevel>>();
  for (const level of LEVELS) {
    const measured = latest.filter((report) => report.levels[level]);
    levels.set(level, await rankLevel(measured, level, test));
  }
  return versions.map((version) => entryOf(version, levels, quota));
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
    origin: originOf(latest),
  };
}

async function rankLevel(
  reports: readonly ScoreReport[],
  level: Level,
  test: TestLevel,
): Promise<Map<string, LeaderboardLevel>> {
  const aurocOf = (report: ScoreReport): number | null => report.levels[level]!.auroc.value;
  const best = reports.reduce<ScoreReport | null>((found, report) => {
    const value = aurocOf(report);
    if (value === null) return found;
    return found === null || value > aurocOf(found)! ? report : found;
  }, null);
  const others = reports.filter((report) => report !== best);
  const tests = best === null ? [] : await test({ best, others, level });
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

function digestOf({ provenance }: ScoreReport): string | null {
  const digest = provenance["dataset_digest"];
  return typeof digest === "string" ? digest : null;
}

/** Entries without a rank come last. */
function rankOf(entry: LeaderboardEntry): number {
  return entry.levels.breast.rank ?? Infinity;
}
