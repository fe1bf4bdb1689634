import type { ThresholdCounts } from "./counts.ts";
import { type ClassCounts, missingClass } from "./sample.ts";

/** The precision-recall curve, or the reason why there is none. */
export type PrecisionRecallCurve =
  | {
    /** The distinct scores, ascending: one fewer than there are points. */
    readonly thresholds: Float64Array;
    /** Share of true positives among those called positive; the last point is 1 by convention. */
    readonly precision: Float64Array;
    /** Share of the positives that are called positive; from 1 down to 0, the last point. */
    readonly recall: Float64Array;
    readonly undefined: null;
  }
  | { readonly undefined: string };

/**
 * Why precision and recall say nothing. Without negatives precision is 1 whatever the scores are: an
 * area of 1 would look like a perfect classifier.
 *
 * @param counts how many samples there are of each class
 * @returns the reason, or null where both classes are there
 */
export function precisionRecallUndefined(counts: ClassCounts): string | null {
  const reason = missingClass(counts);
  if (reason === null || counts.positives === 0) return reason;
  return "There are no negative samples: precision is 1 whatever the scores are.";
}

/**
 * Every point of the precision-recall curve, laid out as scikit-learn's `precision_recall_curve` has
 * it since 1.1: thresholds ascend, all of them are kept, and the last point, which belongs to no
 * threshold, is recall 0 with precision 1.
 *
 * @returns the curve; undefined where a class is missing
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
