import { VIEWS } from "../../shared/domain/mod.ts";
import { COHORT, imageName, type PhantomExam } from "./cohort.ts";

/** Labels of one exam under the metarepository's names. */
export type CancerLabel = Readonly<Record<string, 0 | 1>>;

/** One exam as the data list has it. */
export type ListedExam = Readonly<Record<string, string | readonly string[] | CancerLabel>>;

function cancerLabel(exam: PhantomExam): CancerLabel {
  const malignant = exam.left.malignant === 1 || exam.right.malignant === 1;
  const benign = exam.left.benign === 1 || exam.right.benign === 1;
  return {
    left_malignant: exam.left.malignant,
    right_malignant: exam.right.malignant,
    left_benign: exam.left.benign,
    right_benign: exam.right.benign,
    malignant: malignant ? 1 : 0,
    benign: benign ? 1 : 0,
    unknown: malignant || benign ? 0 : 1,
  };
}

/**
 * Lists the exams.
 *
 * @returns the data list of the phantoms, one entry an exam
 */
export function dataList(): readonly ListedExam[] {
  return COHORT.map((exam) => ({
    exam_id: `phantom_${exam.index}`,
    ...Object.fromEntries(VIEWS.map((view) => [view, [imageName(exam, view)]])),
    cancer_label: cancerLabel(exam),
    horizontal_flip: "NO",
    density: exam.density,
    age_band: exam.ageBand,
    vendor: "phantom",
  }));
}

/**
 * Writes the list as JSON.
 *
 * @returns the text
 */
export function dataListJson(): string {
  return JSON.stringify(dataList(), null, 2) + "\n";
}

/**
 * Writes the list as CSV: one row an exam, image names and labels in columns.
 *
 * @returns the text
 */
export function dataListCsv(): string {
  const rows = dataList().map((exam) => {
    const { cancer_label, ...rest } = exam;
    const { left_malignant, right_malignant, left_benign, right_benign, unknown } =
      cancer_label as CancerLabel;
    const labels = { left_malignant, right_malignant, left_benign, right_benign, unknown };
    const { exam_id, horizontal_flip, density, age_band, vendor, ...images } = rest;
    return { exam_id, ...images, ...labels, horizontal_flip, density, age_band, vendor };
  });
  const lines = [Object.keys(rows[0]!), ...rows.map((row) => Object.values(row))];
  return lines.map((cells) => cells.join(",") + "\n").join("");
}
