import { aggregateToBreasts, aggregateToExams } from "./aggregation.ts";
import { type Exam, examLabels, isSideUnknown } from "./exam.ts";
import { type Fault, faultOf } from "./fault.ts";
import type {
  BreastPrediction,
  ExamPrediction,
  ImagePrediction,
  Predictions,
} from "./prediction.ts";
import { type Alignment, type Sample, sampleOf } from "./sample.ts";
import { LATERALITIES, lateralityOf, VIEWS } from "./view.ts";
import { measuredBreasts } from "./complete_exams.ts";
import { findExams } from "./find_exams.ts";

/**
 * Joins predictions with the truth by image name or exam: samples at the predictions' level in data-list order, left
 * breast first, and every fault. The label column of the file is not used; contradictions are warnings.
 */
export function alignPredictions(exams: readonly Exam[], predictions: Predictions): Alignment {
  const { samples, errors, warnings } = predictions.level === "image"
    ? alignImages(exams, predictions.rows)
    : alignRows(exams, predictions);
  // If sides are unknown, only whole exams have a truth that scores can equal.
  const known = exams.some(isSideUnknown) && errors.length === 0
    ? aggregateToExams(
      predictions.level === "image" ? aggregateToBreasts(samples) : samples,
      examLabels(exams),
    )
    : samples;
  return { samples, errors, warnings: [...warnings, ...equalsTruth(known)] };
}

function alignImages(exams: readonly Exam[], rows: readonly ImagePrediction[]): Alignment {
  const { byImage, errors, warnings } = indexByImage(exams, rows);
  const samples: Sample[] = [];
  for (const exam of exams) {
    for (const laterality of LATERALITIES) {
      for (const view of VIEWS.filter((view) => lateralityOf(view) === laterality)) {
        for (const image of exam.images[view]) {
          const row = byImage.get(image);
          const place = { exam: exam.id, view, image };
          if (row === undefined) {
            errors.push({
              ...place,
              code: "prediction_missing",
              message:
                `There is no row for image ${image} (exam ${exam.id}, ${view}): the model must score every image`,
            });
            continue;
          }
          samples.push({ ...sampleOf(exam, laterality, row.malignant), view, image });
        }
      }
    }
  }
  const unknown = new Set(exams.filter(isSideUnknown).map(({ index }) => index));
  const known = samples.filter(({ examIndex }) => !unknown.has(examIndex));
  warnings.push(...labelMismatches(known, byImage));
  return { samples: errors.length === 0 ? samples : [], errors, warnings };
}

interface ImageIndex {
  readonly byImage: Map<string, ImagePrediction>;
  readonly errors: Fault[];
  readonly warnings: Fault[];
}

function indexByImage(exams: readonly Exam[], rows: readonly ImagePrediction[]): ImageIndex {
  const timesNamed = countMentions(exams);
  const byImage = new Map<string, ImagePrediction>();
  const seen = new Map<string, number>();
  /** Rows after the first of images that the list names several times: a model may score each place. */
  const further = new Map<string, ImagePrediction[]>();
  const errors: Fault[] = [];
  const warnings: Fault[] = [];
  for (const row of rows) {
    const fault = { exam: null, view: null, image: row.image, row: row.row };
    const first = byImage.get(row.image);
    const times = (seen.get(row.image) ?? 0) + 1;
    seen.set(row.image, times);
    if (!timesNamed.has(row.image)) {
      const message = `Row ${row.row}: image ${row.image} is not in the data list`;
      errors.push({ ...fault, code: "prediction_unknown", message });
    } else if (first === undefined) {
      byImage.set(row.image, row);
    } else if (times <= timesNamed.get(row.image)!) {
      further.set(row.image, [...further.get(row.image) ?? [], row]);
    } else if (first.malignant !== row.malignant) {
      const message =
        `Rows ${first.row} and ${row.row}: image ${row.image} has two different scores`;
      errors.push({ ...fault, code: "prediction_contradiction", message });
    } else {
      const message =
        `Row ${row.row}: image ${row.image} is repeated with the same score; it counts once`;
      warnings.push({ ...fault, code: "prediction_repeated", message });
    }
  }
  for (const [image, rows] of further) {
    const first = byImage.get(image)!;
    const scores = [first, ...rows].map(({ malignant }) => malignant);
    if (scores.every((score) => score === first.malignant)) continue;
    byImage.set(image, { ...first, malignant: meanOf(scores) });
    const message =
      `Image ${image} is named ${timesNamed.get(image)} times in the data list, and its ` +
      `${scores.length} rows have different scores: their mean is used in each place`;
    warnings.push({ exam: null, view: null, image, code: "prediction_averaged", message });
  }
  return { byImage, errors, warnings };
}

/** Sorted first, so that the result does not depend on the order of rows. */
function meanOf(scores: readonly number[]): number {
  return scores.toSorted((a, b) => a - b).reduce((sum, score) => sum + score / scores.length, 0);
}

function countMentions(exams: readonly Exam[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const exam of exams) {
    for (const view of VIEWS) {
      for (const image of exam.images[view]) counts.set(image, (counts.get(image) ?? 0) + 1);
    }
  }
  return counts;
}

const LABEL_MISMATCH = "label_mismatch";
/** Code of a warning about a data list; it reveals breasts with cancer. */
export const MALIGNANT_WITHOUT_IMAGE = "malignant_without_image";
/** Code of a warning about a data list; it reveals that labels of an exam and its breasts differ. */
export const EXAM_LABEL_CONTRADICTION = "exam_label_contradiction";
const EQUALS_TRUTH = "predictions_equal_truth";
const TELLING_CODES: readonly string[] = [
  LABEL_MISMATCH,
  EQUALS_TRUTH,
  MALIGNANT_WITHOUT_IMAGE,
  EXAM_LABEL_CONTRADICTION,
];

/** Whether a warning depends on the labels; only users with the truth may see these or their number. */
export function tellsTruth({ code }: Fault): boolean {
  return TELLING_CODES.includes(code);
}

/** Fewest samples for which scores equal to the labels are no coincidence. */
const EQUAL_SAMPLES_MIN = 4;

/** Warns if all positives share one score and all negatives a lower one: such scores are labels. */
function equalsTruth(samples: readonly Sample[]): Fault[] {
  const scores = new Map(samples.map(({ label, score }) => [label, score]));
  const [negative, positive] = [scores.get(0), scores.get(1)];
  if (samples.length < EQUAL_SAMPLES_MIN || negative === undefined || positive === undefined) {
    return [];
  }
  if (negative >= positive || samples.some(({ label, score }) => score !== scores.get(label))) {
    return [];
  }
  const message =
    `The scores equal the labels: all positives have ${positive}, all negatives ${negative}. ` +
    "Check that the model was not given the labels, and that this is the predictions file";
  return [faultOf({ code: EQUALS_TRUTH, message })];
}

/** A column of zeros is blinded and claims nothing. */
function labelMismatches(
  samples: readonly Sample[],
  byImage: ReadonlyMap<string, ImagePrediction>,
): Fault[] {
  const claims = [...byImage.values()].map((row) => row.claimedLabel).filter((label) =>
    label !== null
  );
  if (claims.every((label) => label === 0)) return [];
  return samples.flatMap((sample) => {
    const row = byImage.get(sample.image!);
    if (row === undefined || row.claimedLabel === null || row.claimedLabel === sample.label) {
      return [];
    }
    return [{
      exam: sample.exam,
      view: sample.view,
      image: sample.image,
      row: row.row,
      field: "malignant_label",
      code: LABEL_MISMATCH,
      message:
        `Row ${row.row}: the file's own label ${row.claimedLabel} contradicts the data list ` +
        `(${sample.label}) for image ${sample.image}; the label of the data list is used`,
    }];
  });
}

/** Samples of one row of a predictions file, or its faults. */
type RowSamples = readonly (Sample | Fault)[];

function alignRows(
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
