import type { Leaderboard, LeaderboardLevel } from "../../../shared/contracts/leaderboards.ts";
import { LEVELS } from "../../../shared/contracts/scores.ts";
import { type Cell, writeTable } from "../../../shared/format/mod.ts";

const AREAS = ["auroc", "auprc", "average_precision", "brier"] as const;

const COLUMNS = [
  ...["level", "rank", "model", "model_version", "parameters", "experiment", "score"],
  ...["evaluation", "scores", "evaluations", "quota_left_at_most", "count"],
  ...["positives", "exams"],
  ...AREAS.flatMap((area) => [
    area,
    `${area}_ci_low`,
    `${area}_ci_high`,
    `${area}_ci_by_exam_low`,
    `${area}_ci_by_exam_high`,
  ]),
  ...["difference_from_best", "difference_ci_low", "difference_ci_high", "p", "p_holm"],
  ...["created_at", "origin", "note"],
];

/** Writes a leaderboard as CSV: one row per model and level; undefined values are empty. */
export function leaderboardCsv({ entries, note }: Leaderboard): string {
  const rows = LEVELS.flatMap((level) =>
    entries.flatMap((entry) => {
      const measured = entry.levels[level];
      if (measured === undefined) return [];
      const { rank, count, positives, exams } = measured;
      return [[
        level,
        rank,
        entry.model,
        entry.model_version,
        JSON.stringify(entry.parameters),
        entry.experiment,
        entry.score,
        entry.evaluation,
        entry.scores,
        entry.evaluations,
        entry.quota_left_at_most,
        count,
        positives,
        exams,
        ...AREAS.flatMap((area) => areaCells(measured[area])),
        ...testCells(measured.against_best),
        entry.created_at,
        entry.origin,
        note,
      ]];
    })
  );
  return writeTable(COLUMNS, rows, { escapeFormulas: true });
}

function areaCells({ value, ci, ci_by_exam }: LeaderboardLevel["auprc"]): Cell[] {
  return [value, ...limitCells(ci), ...limitCells(ci_by_exam)];
}

function testCells(test: LeaderboardLevel["against_best"]): Cell[] {
  if (test === null) return [null, null, null, null, null];
  return [test.difference.value, ...limitCells(test.ci), test.p, test.p_holm];
}

function limitCells(limits: readonly [number, number] | null): Cell[] {
  return limits === null ? [null, null] : [...limits];
}
