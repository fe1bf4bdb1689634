import type { ScoreReport } from "../../shared/contracts/scores.ts";
import type { Exam, Sample } from "../../shared/domain/mod.ts";

/** What exams are called by: ids of their own, or no more than their place in one data list. */
export type ExamNames = "exam_id" | "position";

/**
 * Tells what a data list calls its exams by. Ids that count the exams from 0 say no more than the
 * position and are taken for it, whether written or not.
 *
 * @param exams the whole list: where some are left out, the others no longer stand at their position
 */
export function examNamesOf(exams: readonly Exam[]): ExamNames {
  return exams.every(({ id }, position) => id === String(position)) ? "position" : "exam_id";
}

/**
 * Tells what the exams of a score are called by, as its provenance says. Scores that were made before
 * it said so are judged by their samples: names that count upwards are positions, with gaps only where
 * exams were left out for want of views.
 */
export function examNamesOfScore(
  { provenance }: Pick<ScoreReport, "provenance">,
  samples: readonly Sample[],
): ExamNames {
  const noted = provenance["exams_called_by"];
  if (noted === "exam_id" || noted === "position") return noted;
  const byIndex = new Map(samples.map(({ examIndex, exam }) => [examIndex, exam]));
  const exams = [...byIndex].toSorted(([a], [b]) => a - b);
  const views = provenance["required_views"];
  const gaps = Array.isArray(views) && views.length > 0;
  const positions = gaps
    ? exams.every(([, exam], at) =>
      isPosition(exam) && (at === 0 || Number(exam) > Number(exams[at - 1]![1]))
    )
    : exams.every(([index, exam]) => exam === String(index));
  return positions ? "position" : "exam_id";
}

/** A whole number as a position is written: no sign, no zero before it. */
function isPosition(exam: string): boolean {
  return /^(?:0|[1-9]\d*)$/.test(exam) && Number.isSafeInteger(Number(exam));
}
