import type { LeaderboardLevel } from "../../../shared/contracts/leaderboards.ts";
import type { Level, ScoreReport } from "../../../shared/contracts/scores.ts";
import type { Asker, Compute } from "../compute/compute.ts";
import type { SampledReport } from "../load_samples.ts";
import type { AgainstBest } from "./against_best.ts";

/** The reports that are ranked at one level. */
export interface Board {
  readonly level: Level;
  readonly reports: readonly ScoreReport[];
  /** The one with the highest AUROC; null where none has any. */
  readonly best: ScoreReport | null;
  /** What is tested against the best. */
  readonly others: readonly ScoreReport[];
}

function aurocOf({ levels }: ScoreReport, level: Level): number | null {
  return levels[level]!.auroc.value;
}

/**
 * Finds the best of some scores at one level.
 *
 * @param latest the scores that count; those without the level are left out
 */
export function boardOf(latest: readonly ScoreReport[], level: Level): Board {
  const reports = latest.filter((report) => report.levels[level]);
  const best = reports.reduce<ScoreReport | null>((found, report) => {
    const value = aurocOf(report, level);
    if (value === null) return found;
    return found === null || value > aurocOf(found, level)! ? report : found;
  }, null);
  const others = reports.filter((report) => report !== best && report.levels[level]!.count > 0);
  return { level, reports, best, others: best === null ? [] : others };
}

/** Tells the test of a report against the best of its board; null for the best, and for what is not tested. */
type TestOf = (board: Board, report: ScoreReport) => AgainstBest | null;

/**
 * Does all tests of a leaderboard in one job, and none where nothing is tested.
 *
 * @param all its boards
 */
export async function testBoards(
  all: readonly Board[],
  compute: Compute,
  asker: Asker,
): Promise<TestOf> {
  const boards = all.filter(({ others }) => others.length > 0);
  const ranked = boards.map(({ level, best, others }) => ({
    level,
    best: sampledReport(best!, level),
    others: others.map((report) => sampledReport(report, level)),
  }));
  const tests = ranked.length === 0 ? [] : await compute.run("rank", { ranked }, asker);
  return (board, report) => tests[boards.indexOf(board)]?.[board.others.indexOf(report)] ?? null;
}

/** No more of a report than its samples need: a job's request is copied and digested whole. */
function sampledReport(report: ScoreReport, level: Level): SampledReport {
  const { id, dataset, model, experiment, evaluation, provenance, levels } = report;
  const { count, undefined: reason } = levels[level]!;
  const measured = reason === undefined ? { count } : { count, undefined: reason };
  return { id, dataset, model, experiment, evaluation, provenance, levels: { [level]: measured } };
}

/**
 * Ranks the scores of one board by AUROC; equal ones share the better rank.
 *
 * @param testOf from {@linkcode testBoards}
 * @returns the level of each score, by its id
 */
export function rankLevel(board: Board, testOf: TestOf): Map<string, LeaderboardLevel> {
  const { level, reports } = board;
  return new Map(reports.map((report): [string, LeaderboardLevel] => {
    const measured = report.levels[level]!;
    const { count, positives, exams, women = null, auroc, auprc, average_precision, brier } =
      measured;
    const ahead = reports.filter((other) => (aurocOf(other, level) ?? -1) > (auroc.value ?? 2));
    return [report.id, {
      rank: auroc.value === null ? null : 1 + ahead.length,
      count,
      positives,
      exams,
      women,
      undefined: measured.undefined ?? null,
      auroc,
      auprc,
      average_precision,
      brier,
      against_best: testOf(board, report),
    }];
  }));
}
