import type { ThresholdCounts } from "./counts.ts";
import { type ClassCounts, missingClass } from "./sample.ts";

/** The precision-recall curve, or the reason why there is none. */
export type PrecisionRecallCurve =
  | {
    /** The distinct scores, ascending: one fewer than there are points. */
    readonly thresholds: Float64Array;
    /** Share of true positives among positive calls; the last point is 1 by convention. */
    readonly precision: Float64Array;
    /** Share of positives that are called positive; descending to 0 at the last point. */
    readonly recall: Float64Array;
    readonly undefined: null;
  }
  | { readonly undefined: string };

/**
 * Why precision and recall are undefined, or null. Without negatives precision is always 1: an area
 * of 1 would look like a perfect classifier.
 */
export function precisionRecallUndefined(counts: ClassCounts): string | null {
  const reason = missingClass(counts);
  if (reason === null || counts.positives === 0) return reason;
  return "There are no negative samples: precision is 1 whatever the scores are.";
}

/**
 * Every point of the precision-recall curve, in the layout of scikit-learn's `precision_recall_curve` since 1.1:
 * thresholds ascend, all are kept, and the last point, which has no threshold, is recall 0 with precision 1.
 * @returns the curve; undefined if a class is missing
 */
export function precisionRecallCurve(counts: ThresholdCounts): PrecisionRecallCurve {
  const reason = precisionRecallUndefined(counts);
  if (reason !== null) return { undefined: reason };
  const last = counts.thresholds.length;
  const precision = new Float64Array(last + 1);
  const recall = new Float64Array(last + 1);
  precision[last] = 1;
  for (let at = 0; at < last; at++) {
    const truePositives = counts.truePositives[at]!;
    const calledPositive = truePositives + counts.falsePositives[at]!;
    precision[last - 1 - at] = truePositives / calledPositive;
    recall[last - 1 - at] = truePositives / counts.positives;
  }
  return { thresholds: counts.thresholds.toReversed(), precision, recall, undefined: null };
}
