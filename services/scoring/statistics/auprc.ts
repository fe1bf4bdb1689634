import { countAtThresholds, type ThresholdCounts } from "./counts.ts";
import { defined, type Estimate, undefinedBecause } from "./estimate.ts";
import { precisionRecallUndefined } from "./precision_recall.ts";
import type { Labels, Scores } from "./sample.ts";

/**
 * Area under the precision-recall curve by the trapezoidal rule, from recall 0 with precision 1
 * (scikit-learn's `auc(recall, precision)`). Linear interpolation is optimistic (Davis and Goadrich
 * 2006, doi:10.1145/1143844.1143874); average precision does not interpolate.
 * @returns the area in [0, 1]; undefined if a class is missing
 * @throws {RangeError} if the lengths differ, a score is not finite or a label is not 0 or 1
 */
export function auprc(scores: Scores, labels: Labels): Estimate {
  return auprcOfCounts(countAtThresholds(scores, labels));
}

/** {@linkcode auprc} from existing counts. */
export function auprcOfCounts(counts: ThresholdCounts): Estimate {
  const reason = precisionRecallUndefined(counts);
  if (reason !== null) return undefinedBecause(reason);
  let doubled = 0;
  let truePositives = 0;
  let precision = 1;
  for (let at = 0; at < counts.thresholds.length; at++) {
    const found = counts.truePositives[at]! - truePositives;
    truePositives = counts.truePositives[at]!;
    const called = truePositives + counts.falsePositives[at]!;
    const next = called === 0 ? 1 : truePositives / called;
    doubled += found * (precision + next);
    precision = next;
  }
  return defined(doubled / (2 * counts.positives));
}
