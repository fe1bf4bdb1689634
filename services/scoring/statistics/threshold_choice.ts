import type { ThresholdCounts } from "./counts.ts";
import { defined, type Estimate, undefinedBecause } from "./estimate.ts";

/** What a threshold shall give at least, in [0, 1]. */
export type ChosenShare = { readonly sensitivity: number } | { readonly specificity: number };

/** What a threshold shall give, or the threshold itself. */
export type ThresholdChoice = ChosenShare | { readonly threshold: number };

/**
 * Finds a threshold among the scores: the highest that has at least the sensitivity, or the lowest
 * that has at least the specificity, so that of all that do, the best in the other is taken.
 *
 * @param counts counts at thresholds
 * @param choice shares in [0, 1], or a threshold, which is taken as it is
 * @returns the threshold; undefined where the class is missing, and where the highest score has less
 * than the specificity
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
