import type { LeaderboardLevel } from "../../../shared/contracts/leaderboards.ts";
import type { Level, ScoreReport } from "../../../shared/contracts/scores.ts";
import type { Asker, Compute } from "../compute/compute.ts";
import type { SampledReport } from "../samples/load_samples.ts";
import type { AgainstBest } from "../comparison/against_best.ts";

export interface Board {
  readonly level: Level;
  readonly reports: readonly ScoreReport[];
  /** The one with the highest AUROC; null if none has one. */
  readonly best: ScoreReport | null;
  /** Reports to test against the best. */
  readonly others: readonly ScoreReport[];
}

function aurocOf({ levels }: ScoreReport, level: Level): number | null {
  return levels[level]!.auroc.value;
}

/** Finds the best of the scores that count, among those with this level. */
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

/** Looks up the test of a report against the best; null for the best and untested ones. */
type TestOf = (board: Board, report: ScoreReport) => AgainstBest | null;

/** Runs all tests of a leaderboard in one job; no job if there are none. */
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

/** Keeps only what loading samples needs: a job's request is copied and digested whole. */
function sampledReport(report: ScoreReport, level: Level): SampledReport {
  const { id, dataset, model, experiment, evaluation, provenance, levels } = report;
  const { count, undefined: reason } = levels[level]!;
  const measured = reason === undefined ? { count } : { count, undefined: reason };
  return { id, dataset, model, experiment, evaluation, provenance, levels: { [level]: measured } };
}

/** Ranks the scores of one board by AUROC; ties share the better rank. Levels by the score's ID. */
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
