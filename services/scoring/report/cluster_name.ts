import type { LevelReport } from "../../../shared/contracts/scores.ts";

/**
 * What an interval "by exam" resamples.
 *
 * @param level of a score
 * @returns `woman` where it is known whose exams they are: then all exams of a woman together
 */
export function clusterName({ women }: Pick<LevelReport, "women">): "woman" | "exam" {
  return typeof women === "number" ? "woman" : "exam";
}
