import type { ThresholdCounts } from "./counts.ts";
import { defined, type Estimate, undefinedBecause } from "./estimate.ts";

/** Minimum share that a threshold must reach, in [0, 1]. */
export type ChosenShare = { readonly sensitivity: number } | { readonly specificity: number };

/** A share to reach, or the threshold itself. */
export type ThresholdChoice = ChosenShare | { readonly threshold: number };

/**
 * Chooses a threshold among the scores: the highest that reaches the sensitivity, or the lowest that reaches the
 * specificity, which is best in the other metric.
 * @param choice shares in [0, 1], or a threshold, which is used as given
 * @returns the threshold; undefined if the class is missing, or if the highest score misses the specificity
 */
export function chooseThreshold(counts: ThresholdCounts, choice: ThresholdChoice): Estimate {
  if ("threshold" in choice) return defined(choice.threshold);
  const { thresholds, truePositives, falsePositives, positives, negatives } = counts;
  if ("sensitivity" in choice) {
    if (positives === 0) return undefinedBecause("There are no positive samples.");
    const found = truePositives.findIndex((count) => count / positives >= choice.sensitivity);
    return defined(thresholds[found]!);
  }
  if (negatives === 0) return undefinedBecause("There are no negative samples.");
  const found = falsePositives.findLastIndex((count) =>
    (negatives - count) / negatives >= choice.specificity
  );
  if (found === -1) {
    return undefinedBecause(
      `Even at the highest score the specificity is below ${choice.specificity}.`,
    );
  }
  return defined(thresholds[found]!);
}
