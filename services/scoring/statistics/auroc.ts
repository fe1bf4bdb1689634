import { countAtThresholds, type ThresholdCounts } from "./counts.ts";
import { defined, type Estimate, undefinedBecause } from "./estimate.ts";
import { type Labels, missingClass, type Scores } from "./sample.ts";

/**
 * Area under the ROC curve: the chance that a positive sample scores above a negative one, where a
 * tie counts one half (Hanley and McNeil 1982, doi:10.1148/radiology.143.1.7063747).
 *
 * @param scores one finite score a sample
 * @param labels one label a sample
 * @returns the area in [0, 1]; undefined where a class is missing
 * @throws {RangeError} where the lengths differ, a score is not finite or a label is not 0 or 1
 */
export function auroc(scores: Scores, labels: Labels): Estimate {
  return aurocOfCounts(countAtThresholds(scores, labels));
}

/**
 * The same from counts that are there already. The sum is over whole and half pairs and is exact
 * below 2^53 of them; only the last division rounds.
 *
 * @returns the area in [0, 1]; undefined where a class is missing
 */
export function aurocOfCounts(counts: ThresholdCounts): Estimate {
  const reason = missingClass(counts);
  if (reason !== null) return undefinedBecause(reason);
  let doubled = 0;
  let truePositives = 0;
  let falsePositives = 0;
  for (let at = 0; at < counts.thresholds.length; at++) {
    const step = counts.falsePositives[at]! - falsePositives;
    doubled += step * (truePositives + counts.truePositives[at]!);
    truePositives = counts.truePositives[at]!;
    falsePositives = counts.falsePositives[at]!;
  }
  return defined(doubled / (2 * counts.positives * counts.negatives));
}
