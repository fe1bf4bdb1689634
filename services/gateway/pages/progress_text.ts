import type { EvaluationRecord, EvaluationStatus } from "../../../shared/contracts/evaluations.ts";
import { countText, durationText } from "../../../shared/pages/mod.ts";

/** Whether the evaluation has not ended. */
export function goesOn(status: EvaluationStatus): boolean {
  return !["succeeded", "failed", "cancelled"].includes(status);
}

/** Progress or end of an evaluation in a few words: `3 of 16`, `took 2 min 5 s`, `out of memory`; may be empty. */
export function progressText(evaluation: EvaluationRecord): string {
  const { progress, error, started_at, finished_at, status } = evaluation;
  if (error !== null) return error.type.replaceAll("_", " ");
  if (status === "succeeded" && started_at !== null && finished_at !== null) {
    return `took ${durationText(Date.parse(finished_at) - Date.parse(started_at))}`;
  }
  if (!goesOn(status)) return "";
  const { done, total, note } = progress;
  const counts = done === null || total === null ? "" : `${countText(done)} of ${countText(total)}`;
  return [counts, note ?? ""].filter((part) => part !== "").join(", ");
}
