import { alignPredictions, type Exam, type Fault } from "../../../shared/domain/mod.ts";
import { readPredictions } from "../../../shared/format/mod.ts";

/**
 * Checks what a model wrote before anything is scored: columns, numbers, and whether each image or
 * breast of the data list has its row.
 *
 * @param text content of the predictions file
 * @param exams the data list
 * @returns all faults; no errors means that it can be scored
 */
export function checkPredictions(
  text: string,
  exams: readonly Exam[],
): { errors: readonly Fault[]; warnings: readonly Fault[] } {
  const { predictions, errors, warnings } = readPredictions(text, exams);
  if (predictions === null || errors.length > 0) return { errors, warnings };
  const alignment = alignPredictions(exams, predictions);
  return { errors: alignment.errors, warnings: [...warnings, ...alignment.warnings] };
}
