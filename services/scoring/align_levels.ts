import {
  aggregateToBreasts,
  alignPredictions,
  type Exam,
  type Fault,
  faultOf,
  isSideUnknown,
  type Sample,
} from "../../shared/domain/mod.ts";
import { readPredictions } from "../../shared/format/mod.ts";

/** The samples of a score, by level. */
export interface LevelSamples {
  readonly breast: readonly Sample[];
  /** null where the predictions are of breasts. */
  readonly image: readonly Sample[] | null;
}

/** Samples, or every fault that is in the way. */
export type AlignedLevels =
  | { readonly ok: true; readonly samples: LevelSamples; readonly warnings: readonly Fault[] }
  | { readonly ok: false; readonly errors: readonly Fault[] };

/**
 * Reads a predictions file, joins it with the truth and aggregates images to breasts. The labels in
 * the file are not used.
 *
 * @param exams the truth
 * @param predictions content of the file
 * @returns the samples of each level, or the faults
 */
export function alignLevels(exams: readonly Exam[], predictions: Uint8Array): AlignedLevels {
  const read = readPredictions(new TextDecoder().decode(predictions), exams);
  if (read.predictions === null) return { ok: false, errors: read.errors };
  const { samples, errors, warnings } = alignPredictions(exams, read.predictions);
  if (errors.length > 0) return { ok: false, errors };
  if (read.predictions.level === "exam" || exams.some(isSideUnknown)) {
    const message = "Results by exam alone cannot be scored yet: give both breasts of all exams";
    return { ok: false, errors: [faultOf({ code: "value_unsupported", message })] };
  }
  return {
    ok: true,
    samples: read.predictions.level === "image"
      ? { breast: aggregateToBreasts(samples), image: samples }
      : { breast: samples, image: null },
    warnings: [...read.warnings, ...warnings],
  };
}
