import { countAtThresholds, type ThresholdCounts } from "./counts.ts";
import { defined, type Estimate, undefinedBecause } from "./estimate.ts";
import { type Labels, missingClass, type Scores } from "./sample.ts";
import { groupTies } from "./tie_groups.ts";

/**
 * Area under the ROC curve: the probability that a positive sample scores above a negative one,
 * counting a tie as one half (Hanley and McNeil 1982, doi:10.1148/radiology.143.1.7063747).
 * @returns the area in [0, 1]; undefined if a class is missing
 * @throws {RangeError} if the lengths differ, a score is not finite or a label is not 0 or 1
 */
export function auroc(scores: Scores, labels: Labels): Estimate {
  return aurocOfCounts(countAtThresholds(scores, labels));
}

/**
 * {@linkcode auroc} from existing counts. It sums whole and half pairs, exactly below 2^53 of them;
 * only the final division rounds.
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

/** Ranks from 1 for the lowest score; tied scores share the mean of their ranks. */
export function midranks(scores: Scores): Float64Array {
  const { thresholds, groupOf } = groupTies(scores);
  const ranks = new Float64Array(thresholds.length);
  for (let at = 0; at < groupOf.length; at++) ranks[groupOf[at]!]! += 1;
  let below = 0;
  for (let group = ranks.length - 1; group >= 0; group--) {
    const held = ranks[group]!;
    ranks[group] = below + (held + 1) / 2;
    below += held;
  }
  return Float64Array.from(groupOf, (group) => ranks[group]!);
}
