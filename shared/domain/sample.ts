import type { BinaryLabel, Exam } from "./exam.ts";
import { examLabel } from "./exam.ts";
import type { Fault } from "./fault.ts";
import type { Laterality, View } from "./view.ts";

/** One thing that was scored, with the truth beside it. */
export interface Sample {
  /** Position of the exam in the data list: what clusters samples. */
  readonly examIndex: number;
  /** Id of the exam. */
  readonly exam: string;
  /** Pseudonym of the woman, where the data list tells whose exam it is. */
  readonly patient?: string | undefined;
  /** The breast; null at exam level. */
  readonly laterality: Laterality | null;
  /** The view; null at breast and exam level. */
  readonly view: View | null;
  /** The image; null at breast and exam level. */
  readonly image: string | null;
  /** The malignancy score, exactly as the model wrote it. */
  readonly score: number;
  /** The truth of the data list; that of the whole exam where nobody knows the side. */
  readonly label: BinaryLabel;
}

/** Predictions joined with the truth. */
export interface Alignment {
  /**
   * One sample for each place where an image is named, for each breast, or for each exam; empty when there are
   * errors.
   */
  readonly samples: readonly Sample[];
  /** What is in the way of scoring. */
  readonly errors: readonly Fault[];
  /** What is odd and does not change the scores. */
  readonly warnings: readonly Fault[];
}

/** Makes the sample of a breast, or of a whole exam. */
export function sampleOf(exam: Exam, laterality: Laterality | null, score: number): Sample {
  const patient = exam.extras["patient_id"];
  return {
    examIndex: exam.index,
    exam: exam.id,
    ...(typeof patient === "string" ? { patient } : {}),
    laterality,
    view: null,
    image: null,
    score,
    label: (laterality === null ? null : exam.malignant[laterality]) ?? examLabel(exam),
  };
}
