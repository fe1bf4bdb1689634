import type { ScoreReport } from "../../../shared/contracts/scores.ts";
import type { Exam, Sample } from "../../../shared/domain/mod.ts";

/** How exams are named: by their own IDs, or only by position in one data list. */
export type ExamNames = "exam_id" | "position";

/** How a whole data list names its exams. IDs that count the exams from 0 count as positions. */
export function examNamesOf(exams: readonly Exam[]): ExamNames {
  return exams.every(({ id }, position) => id === String(position)) ? "position" : "exam_id";
}

/** By provenance; for older scores, ascending numbers are positions, with gaps only if exams were left out. */
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

/** A whole number as a position is written: no sign, no leading zero. */
function isPosition(exam: string): boolean {
  return /^(?:0|[1-9]\d*)$/.test(exam) && Number.isSafeInteger(Number(exam));
}
