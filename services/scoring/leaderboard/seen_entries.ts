import type { LeaderboardEntry, LeaderboardLevel } from "../../../shared/contracts/leaderboards.ts";
import type { Level, LevelReport, ScoreReport } from "../../../shared/contracts/scores.ts";
import { undefinedTest } from "../difference_tests.ts";
import type { SeenScore } from "../score_reader.ts";
import { undefinedBecause } from "../statistics/mod.ts";

/** A score that the caller is shown. */
type ShownScore = SeenScore & { readonly shown: ScoreReport };

const COARSE = "The score is released with values of two digits, which are too few for a test";
const UNTESTED = {
  difference: undefinedBecause(COARSE),
  ...undefinedTest(COARSE),
};

/**
 * Entries of a leaderboard as a caller may see them: what a score does not show does not show here.
 *
 * @param entries made from the stored reports
 * @param scores those that the caller is shown, among them that of each entry
 */
export function seenEntries(
  entries: readonly LeaderboardEntry[],
  scores: readonly ShownScore[],
): LeaderboardEntry[] {
  const byId = new Map(scores.map((score) => [score.whole.id, score]));
  const isCoarse = ({ score }: LeaderboardEntry): boolean => {
    const { truth, released } = byId.get(score)!;
    return !truth && released !== "full";
  };
  // What is tested against the best tells the difference, and so the values of the best.
  const coarseBest = (level: Level): boolean =>
    entries.some((entry) => entry.levels[level]?.rank === 1 && isCoarse(entry));
  return entries.map((entry) => {
    const { shown } = byId.get(entry.score)!;
    const show = (level: Level): LeaderboardLevel | undefined => {
      const measured = entry.levels[level];
      if (measured === undefined) return undefined;
      const untested = isCoarse(entry) || coarseBest(level);
      return {
        ...measured,
        ...valuesOf(shown.levels[level]!),
        against_best: untested && measured.against_best !== null ? UNTESTED : measured.against_best,
      };
    };
    const image = show("image");
    return {
      ...entry,
      levels: { breast: show("breast")!, ...(image === undefined ? {} : { image }) },
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
