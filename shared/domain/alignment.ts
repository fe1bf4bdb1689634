import type { BinaryLabel, Exam } from "./exam.ts";
import { type Fault, faultOf } from "./fault.ts";
import { measuredBreasts } from "./complete_exams.ts";
import { findExams } from "./find_exams.ts";
import type { BreastPrediction, ImagePrediction, Predictions } from "./prediction.ts";
import { LATERALITIES, type Laterality, lateralityOf, type View, VIEWS } from "./view.ts";

/** One thing that was scored, with the truth beside it. */
export interface Sample {
  /** Position of the exam in the data list: what clusters samples. */
  readonly examIndex: number;
  /** Id of the exam. */
  readonly exam: string;
  /** Pseudonym of the woman, where the data list tells whose exam it is. */
  readonly patient?: string | undefined;
  /** The breast. */
  readonly laterality: Laterality;
  /** The view; null at breast level. */
  readonly view: View | null;
  /** The image; null at breast level. */
  readonly image: string | null;
  /** The malignancy score, exactly as the model wrote it. */
  readonly score: number;
  /** The truth of the data list. */
  readonly label: BinaryLabel;
}

/** Predictions joined with the truth. */
export interface Alignment {
  /** One sample for each place where an image is named, or for each breast; empty when there are errors. */
  readonly samples: readonly Sample[];
  /** What is in the way of scoring. */
  readonly errors: readonly Fault[];
  /** What is odd and does not change the scores. */
  readonly warnings: readonly Fault[];
}

/**
 * Joins predictions with the truth of the data list, by image name or by exam. The label column that
 * a model wrote is never used; where it contradicts the truth, that is a warning.
 *
 * @param exams the data list
 * @param predictions what the model wrote
 * @returns samples in data-list order, left breast before right; every fault, not just the first
 */
export function alignPredictions(exams: readonly Exam[], predictions: Predictions): Alignment {
  const aligned = predictions.level === "image"
    ? alignImages(exams, predictions.rows)
    : alignBreasts(exams, predictions.rows);
  return { ...aligned, warnings: [...aligned.warnings, ...equalsTruth(aligned.samples)] };
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
          samples.push({ ...breastSample(exam, laterality, row.malignant), view, image });
        }
      }
    }
  }
  warnings.push(...labelMismatches(samples, byImage));
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
  /** Rows after the first of images that the list names several times: a model scores each place. */
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
      `${scores.length} rows have different scores: their mean counts at each place`;
    warnings.push({ exam: null, view: null, image, code: "prediction_averaged", message });
  }
  return { byImage, errors, warnings };
}

/** Sorted first, so that the order of rows does not show in the last bit. */
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
/** Code of the warning of a data list that names breasts with cancer. */
export const MALIGNANT_WITHOUT_IMAGE = "malignant_without_image";
const EQUALS_TRUTH = "predictions_equal_truth";

/**
 * Whether a warning depends on the labels: only those who may see the truth may know it, or its number.
 *
 * @param fault any warning
 */
export function tellsTruth({ code }: Fault): boolean {
  return [LABEL_MISMATCH, EQUALS_TRUTH, MALIGNANT_WITHOUT_IMAGE].includes(code);
}

/** Samples from which on two scores that are right throughout are no accident. */
const EQUAL_SAMPLES_MIN = 4;

/** Predictions that hold one score for all positives and a lower one for all negatives are labels. */
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
    `The scores tell the truth itself: all positives have ${positive}, all negatives ${negative}. ` +
    "Check that the model was not given the labels, and that this is the predictions file";
  return [faultOf({ code: EQUALS_TRUTH, message })];
}

/** A column that is zero throughout is the blinded one: it claims nothing. */
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
        `(${sample.label}) for image ${sample.image}; the data list counts`,
    }];
  });
}

function alignBreasts(exams: readonly Exam[], rows: readonly BreastPrediction[]): Alignment {
  const found = findExams(exams, rows);
  const errors: Fault[] = [...found.errors];
  const byExam = new Map<Exam, BreastPrediction>();
  for (const [at, row] of rows.entries()) {
    const exam = found.exams[at];
    if (exam === null || exam === undefined) continue;
    const first = byExam.get(exam);
    if (first === undefined) byExam.set(exam, row);
    else {
      const message = `Row ${row.row}: exam ${exam.id} has a row already (${first.row})`;
      errors.push(
        faultOf({ exam: exam.id, row: row.row, code: "prediction_repeated", message }),
      );
    }
  }
  const samples: Sample[] = [];
  // Where no row has found its exam, that is said once, and not of each exam.
  for (const exam of byExam.size === 0 ? [] : exams) {
    const row = byExam.get(exam);
    if (row === undefined) {
      const message =
        `There is no row for exam ${exam.id}: the file must have a row for each of the ` +
        `${exams.length} exams, it has ${rows.length}`;
      errors.push(faultOf({ exam: exam.id, code: "prediction_missing", message }));
      continue;
    }
    for (const laterality of measuredBreasts(exam)) {
      const score = row.malignant[laterality];
      if (score !== null) samples.push(breastSample(exam, laterality, score));
      else {
        const field = `${laterality}_malignant`;
        const message =
          `Line ${row.row}, column ${field} is empty, and exam ${exam.id} has images of this breast, ` +
          "or none at all: write a number";
        errors.push(
          faultOf({ exam: exam.id, row: row.row, field, code: "score_missing", message }),
        );
      }
    }
  }
  return { samples: errors.length === 0 ? samples : [], errors, warnings: [...found.warnings] };
}

function breastSample(exam: Exam, laterality: Laterality, score: number): Sample {
  const patient = exam.extras["patient_id"];
  return {
    examIndex: exam.index,
    exam: exam.id,
    ...(typeof patient === "string" ? { patient } : {}),
    laterality,
    view: null,
    image: null,
    score,
    label: exam.malignant[laterality],
  };
}
