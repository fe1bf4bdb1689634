import { groupClusters } from "./clusters.ts";
import { normalInterval } from "./delong.ts";
import {
  checkConfidence,
  defined,
  type Estimate,
  type Interval,
  noInterval,
  undefinedBecause,
} from "./estimate.ts";
import { checkSample, type ClusteredSample, type Labels, type Scores } from "./sample.ts";

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
      return undefinedBecause("Scores are outside [0, 1] and cannot be read as probabilities.");
    }
    sum += (score - labels[at]!) ** 2;
  }
  return defined(sum / scores.length);
}

/**
 * Normal interval of the Brier score, clipped to [0, 1]: it is a mean of as many losses as there are
 * samples, so that the central limit theorem does what a bootstrap would. Where there are clusters the
 * losses are summed within them first.
 *
 * @param sample scores, labels, clusters
 * @param confidence between 0 and 1, exclusive
 * @returns the interval; undefined where the score is, for a single cluster, and where the losses do
 * not vary
 * @throws {RangeError} where sample or confidence are out of bounds
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
