import type { BinaryLabel, Exam } from "./exam.ts";
import { examLabel } from "./exam.ts";
import type { Fault } from "./fault.ts";
import type { Laterality, View } from "./view.ts";

/** A scored image, breast or exam, with its truth. */
export interface Sample {
  /** Index of the exam in the data list; clusters the samples. */
  readonly examIndex: number;
  /** Id of the exam. */
  readonly exam: string;
  /** Pseudonym of the patient, if known. */
  readonly patient?: string | undefined;
  /** The breast; null at exam level. */
  readonly laterality: Laterality | null;
  /** The view; null at breast and exam level. */
  readonly view: View | null;
  /** The image; null at breast and exam level. */
  readonly image: string | null;
  /** The malignancy score, exactly as written. */
  readonly score: number;
  /** Truth of the data list; that of the whole exam if the side is unknown. */
  readonly label: BinaryLabel;
}

/** Predictions joined with the truth. */
export interface Alignment {
  /** One sample per place that names an image, per breast or per exam; empty if there are errors. */
  readonly samples: readonly Sample[];
  /** Faults that prevent scoring. */
  readonly errors: readonly Fault[];
  /** Faults that do not change the scores. */
  readonly warnings: readonly Fault[];
}

/** Creates the sample of a breast or a whole exam. */
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
    label: labelOf(exam, laterality),
  };
}

/** Returns the truth of a breast, or of the whole exam if `laterality` is null or its side is unknown. */
export function labelOf(exam: Pick<Exam, "malignant">, laterality: Laterality | null): BinaryLabel {
  return (laterality === null ? null : exam.malignant[laterality]) ?? examLabel(exam);
}
