import { checkSample, type ClassCounts, type Labels, type Scores } from "./sample.ts";
import { groupTies } from "./tie_groups.ts";

/**
 * Positive calls at each distinct threshold. A sample is called positive if its score is at or
 * above the threshold. ROC, precision-recall and all areas derive from this.
 */
export interface ThresholdCounts extends ClassCounts {
  /** The distinct scores, descending. */
  readonly thresholds: Float64Array;
  /** True positives per threshold, never decreasing. */
  readonly truePositives: Float64Array;
  /** False positives per threshold, never decreasing. */
  readonly falsePositives: Float64Array;
}

/**
 * Counts at every distinct threshold, from the highest down; samples with equal scores count together.
 * @param weights above 0, one per sample: sums of weights replace all counts
 * @throws {RangeError} if the lengths differ, a score is not finite or a label is not 0 or 1
 */
export function countAtThresholds(
  scores: Scores,
  labels: Labels,
  weights: Float64Array | null = null,
): ThresholdCounts {
  const classes: { positives: number; negatives: number } = { ...checkSample(scores, labels) };
  const { thresholds, groupOf } = groupTies(scores);
  const truePositives = new Float64Array(thresholds.length);
  const falsePositives = new Float64Array(thresholds.length);
  for (let at = 0; at < groupOf.length; at++) {
    const counts = labels[at] === 1 ? truePositives : falsePositives;
    counts[groupOf[at]!]! += weights?.[at] ?? 1;
  }
  accumulate(truePositives);
  accumulate(falsePositives);
  if (weights !== null) {
    classes.positives = truePositives.at(-1) ?? 0;
    classes.negatives = falsePositives.at(-1) ?? 0;
  }
  return { ...classes, thresholds, truePositives, falsePositives };
}

function accumulate(values: Float64Array): void {
  for (let at = 1; at < values.length; at++) values[at]! += values[at - 1]!;
}
