import { READER_SCALES, type ReaderScale } from "../../../shared/contracts/reader_studies.ts";
import { type Fault, faultOf } from "../../../shared/domain/mod.ts";
import type { Rater } from "./read_study.ts";

/** Highest detected grade: category 6 of BI-RADS. */
const GRADE_MAX = 6;
/** Maximum of each scale; stated grades have none. */
const MAXIMA: Readonly<Record<ReaderScale, number>> = {
  probability: 1,
  percent: 100,
  grade: Infinity,
};

/** Detects 0 to 1, whole grades up to 6 (five steps, BI-RADS), or percent; null if none or several fit. */
export function scaleOf(scores: Float64Array): ReaderScale | null {
  const lowest = scores.reduce((found, score) => Math.min(found, score), 0);
  const highest = scores.reduce((found, score) => Math.max(found, score), 0);
  if (lowest < 0 || highest > MAXIMA.percent) return null;
  if (highest <= MAXIMA.probability) return "probability";
  if (highest > GRADE_MAX) return "percent";
  return scores.every(Number.isInteger) ? "grade" : null;
}

/** A fault for each reader with a rating outside the stated scale. */
export function scaleFaults(readers: readonly Rater[], scale: ReaderScale | null): Fault[] {
  if (scale === null) return [];
  return readers.flatMap(({ name, column, scores }) => {
    const outside = scores.find((score) => score < 0 || score > MAXIMA[scale]);
    if (outside === undefined) return [];
    const message =
      `${name} has ${outside}, which is not a ${scale}: set a different reader_scale ` +
      `(${READER_SCALES.join(", ")}), or none to recognise each reader's scale`;
    return [faultOf({ field: column, code: "score_off_scale", message })];
  });
}
