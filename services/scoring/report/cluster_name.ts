import type { LevelReport } from "../../../shared/contracts/scores.ts";

/** What an interval "by exam" resamples. */
export type ClusterName = "woman" | "exam";

/** {@linkcode clusterName} for a reader study, where an exam is called a case. */
export function studyClusterName({ women }: Pick<LevelReport, "women">): "woman" | "case" {
  return typeof women === "number" ? "woman" : "case";
}

/**
 * Names the clusters of intervals and tests "by exam"; used by every page.
 * @param levels of scores shown together, at least one
 * @returns `woman` if all levels know the woman of each exam: all exams of a woman are then one
 * cluster
 */
export function clusterName(...levels: readonly Pick<LevelReport, "women">[]): ClusterName {
  return levels.every(({ women }) => typeof women === "number") ? "woman" : "exam";
}
