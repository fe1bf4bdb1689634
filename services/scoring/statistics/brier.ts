import { groupClusters } from "./clusters.ts";
import { normalInterval } from "./delong.ts";
import { checkConfidence, defined, noInterval, undefinedBecause } from "./estimate.ts";
import type { Estimate, Interval } from "./estimate.ts";
import { checkSample, type ClusteredSample, type Labels, type Scores } from "./sample.ts";

/**
 * Brier score: mean squared error of the scores as probabilities (Brier 1950). Lower is better.
 * @returns the mean in [0, 1]; undefined without samples or if a score is not a probability
 * @throws {RangeError} if the lengths differ, a score is not finite or a label is not 0 or 1
 */
export function brier(scores: Scores, labels: Labels): Estimate {
  checkSample(scores, labels);
  if (scores.length === 0) return undefinedBecause("There are no samples.");
  let sum = 0;
  for (let at = 0; at < scores.length; at++) {
    const score = scores[at]!;
    if (score < 0 || score > 1) {
      return undefinedBecause("Scores are outside [0, 1] and cannot be read as probabilities.");
    }
    sum += (score - labels[at]!) ** 2;
  }
  return defined(sum / scores.length);
}

/**
 * Normal interval of the Brier score, clipped to [0, 1]. The score is a mean of one loss per sample, so the central
 * limit theorem applies and no bootstrap is needed. Losses are first summed within clusters.
 * @param confidence in (0, 1)
 * @returns the interval; undefined if the score is, for a single cluster, or if the losses do not vary
 * @throws {RangeError} if sample or confidence are out of range
 */
export function brierInterval(sample: ClusteredSample, confidence: number): Interval {
  const { scores, labels } = sample;
  checkConfidence(confidence);
  const mean = brier(scores, labels);
  if (mean.value === null) return noInterval(mean.undefined);
  const { clusters, clusterOf } = groupClusters(sample.clusters, scores.length);
  if (clusters < 2) return noInterval("A variance needs two samples of different clusters.");
  const excess = new Float64Array(clusters);
  for (let at = 0; at < scores.length; at++) {
    excess[clusterOf[at]!]! += (scores[at]! - labels[at]!) ** 2 - mean.value;
  }
  const squares = excess.reduce((sum, value) => sum + value ** 2, 0);
  const variance = clusters / (clusters - 1) * squares / scores.length ** 2;
  return normalInterval(mean, defined(variance), confidence, 0);
}
