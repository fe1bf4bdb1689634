import { countAtThresholds, type ThresholdCounts } from "./counts.ts";
import { defined, type Estimate, undefinedBecause } from "./estimate.ts";
import { precisionRecallUndefined } from "./precision_recall.ts";
import type { Labels, Scores } from "./sample.ts";

/**
 * Average precision: the mean over the positives of the precision at the threshold that finds them, a step sum without
 * interpolation (scikit-learn's `average_precision_score`). It differs from AUPRC.
 * @returns the mean in [0, 1]; undefined if a class is missing
 * @throws {RangeError} if the lengths differ, a score is not finite or a label is not 0 or 1
 */
export function averagePrecision(scores: Scores, labels: Labels): Estimate {
  return averagePrecisionOfCounts(countAtThresholds(scores, labels));
}

/** {@linkcode averagePrecision} from existing counts. */
export function averagePrecisionOfCounts(counts: ThresholdCounts): Estimate {
  const reason = precisionRecallUndefined(counts);
  if (reason !== null) return undefinedBecause(reason);
  let sum = 0;
  let truePositives = 0;
  for (let at = 0; at < counts.thresholds.length; at++) {
    const found = counts.truePositives[at]! - truePositives;
    if (found === 0) continue;
    truePositives = counts.truePositives[at]!;
    sum += found * (truePositives / (truePositives + counts.falsePositives[at]!));
  }
  return defined(sum / counts.positives);
}
