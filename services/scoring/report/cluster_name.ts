import type { LevelReport } from "../../../shared/contracts/scores.ts";

/** What an interval "by exam" resamples. */
export type ClusterName = "woman" | "exam";

/** The same for a reader study, whose exams are cases. */
export function studyClusterName({ women }: Pick<LevelReport, "women">): "woman" | "case" {
  return typeof women === "number" ? "woman" : "case";
}

/**
 * Tells what intervals and tests "by exam" take together. Every page writes the word that this gives.
 *
 * @param levels of scores that stand together, at least one
 * @returns `woman` where it is known of all of them whose exams they are: then all exams of a woman together
 */
export function clusterName(...levels: readonly Pick<LevelReport, "women">[]): ClusterName {
  return levels.every(({ women }) => typeof women === "number") ? "woman" : "exam";
}
