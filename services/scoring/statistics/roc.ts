import type { ThresholdCounts } from "./counts.ts";
import { missingClass } from "./sample.ts";

/** The ROC curve, or the reason why there is none. */
export type RocCurve =
  | {
    /** Infinity, at which nothing is called positive, then the distinct scores, descending. */
    readonly thresholds: Float64Array;
    /** Share of negatives called positive per threshold, from 0 to 1. */
    readonly falsePositiveRate: Float64Array;
    /** Share of positives called positive per threshold, from 0 to 1. */
    readonly truePositiveRate: Float64Array;
    readonly undefined: null;
  }
  | { readonly undefined: string };

/** Every point of the ROC curve from (0, 0) to (1, 1); undefined if a class is missing. */
export function rocCurve(counts: ThresholdCounts): RocCurve {
  const reason = missingClass(counts);
  if (reason !== null) return { undefined: reason };
  const points = counts.thresholds.length + 1;
  const thresholds = new Float64Array(points);
  thresholds[0] = Infinity;
  thresholds.set(counts.thresholds, 1);
  return {
    thresholds,
    falsePositiveRate: rates(counts.falsePositives, counts.negatives),
    truePositiveRate: rates(counts.truePositives, counts.positives),
    undefined: null,
  };
}

function rates(counts: Float64Array, total: number): Float64Array {
  const values = new Float64Array(counts.length + 1);
  for (let at = 0; at < counts.length; at++) values[at + 1] = counts[at]! / total;
  return values;
}
