import { defined, type Estimate, undefinedBecause } from "./estimate.ts";
import { checkSample, type Labels, type Scores } from "./sample.ts";

/**
 * Brier score: mean squared distance of the scores, read as probabilities, from the labels
 * (Brier 1950). Lower is better.
 *
 * @param scores one finite score a sample
 * @param labels one label a sample
 * @returns the mean in [0, 1]; undefined without samples or where a score is no probability
 * @throws {RangeError} where the lengths differ, a score is not finite or a label is not 0 or 1
 */
export function brier(scores: Scores, labels: Labels): Estimate {
  checkSample(scores, labels);
  if (scores.length === 0) return undefinedBecause("There are no samples.");
  let sum = 0;
  for (let at = 0; at < scores.length; at++) {
    const score = scores[at]!;
    if (score < 0 || score > 1) {
      return undefinedBecause("Scores lie outside [0, 1] and cannot be read as probabilities.");
    }
    sum += (score - labels[at]!) ** 2;
  }
  return defined(sum / scores.length);
}
