import { measuredBreasts } from "./complete_exams.ts";
import type { Exam } from "./exam.ts";
import { type Fault, faultOf } from "./fault.ts";
import { findExams } from "./find_exams.ts";
import type { BreastPrediction, ExamPrediction, Predictions } from "./prediction.ts";
import { type Alignment, type Sample, sampleOf } from "./sample.ts";

/** Samples of one row of a predictions file, or its faults. */
type RowSamples = readonly (Sample | Fault)[];

/**
 * Joins predictions with one row per exam with the truth. Returns samples in data-list order, left breast before right,
 * and every fault.
 */
export function alignRows(
  exams: readonly Exam[],
  predictions: Exclude<Predictions, { readonly level: "image" }>,
): Alignment {
  return predictions.level === "breast"
    ? alignEach(exams, predictions.rows, breastSamples)
    : alignEach(exams, predictions.rows, examSamples);
}

function alignEach<R extends BreastPrediction | ExamPrediction>(
  exams: readonly Exam[],
  rows: readonly R[],
  samplesOf: (exam: Exam, row: R) => RowSamples,
): Alignment {
  const found = findExams(exams, rows);
  const errors: Fault[] = [...found.errors];
  const byExam = new Map<Exam, R>();
  for (const [at, row] of rows.entries()) {
    const exam = found.exams[at];
    if (exam === null || exam === undefined) continue;
    const first = byExam.get(exam);
    if (first === undefined) byExam.set(exam, row);
    else {
      const message = `Row ${row.row}: exam ${exam.id} already has a row (${first.row})`;
      errors.push(faultOf({ exam: exam.id, row: row.row, code: "prediction_repeated", message }));
    }
  }
  const samples: Sample[] = [];
  // If no row matches an exam, that error is reported once rather than per exam.
  for (const exam of byExam.size === 0 ? [] : exams) {
    const row = byExam.get(exam);
    if (row === undefined) {
      const message =
        `There is no row for exam ${exam.id}: the file must have a row for each of the ` +
        `${exams.length} exams, it has ${rows.length}`;
      errors.push(faultOf({ exam: exam.id, code: "prediction_missing", message }));
      continue;
    }
    for (const one of samplesOf(exam, row)) {
      if ("code" in one) errors.push(one);
      else samples.push(one);
    }
  }
  return { samples: errors.length === 0 ? samples : [], errors, warnings: [...found.warnings] };
}

function breastSamples(exam: Exam, { row, malignant }: BreastPrediction): RowSamples {
  return measuredBreasts(exam).map((laterality) => {
    const score = malignant[laterality];
    if (score !== null) return sampleOf(exam, laterality, score);
    const field = `${laterality}_malignant`;
    const message =
      `Line ${row}, column ${field} is empty, and exam ${exam.id} has images of this breast, ` +
      "or none at all: write a number";
    return faultOf({ exam: exam.id, row, field, code: "score_missing", message });
  });
}

function examSamples(exam: Exam, { malignant }: ExamPrediction): RowSamples {
  return [sampleOf(exam, null, malignant)];
}
