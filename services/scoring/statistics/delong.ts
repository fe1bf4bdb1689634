import { auroc } from "./auroc.ts";
import {
  checkConfidence,
  defined,
  type Estimate,
  type Interval,
  interval,
  noInterval,
  undefinedBecause,
} from "./estimate.ts";
import { normalCdf, normalQuantile } from "./normal.ts";
import { placements } from "./placements.ts";
import { checkSample, type ClassCounts, type Labels, type Scores } from "./sample.ts";

/** An AUROC with its standard error's square and an interval on the logit scale. */
export interface AurocInference {
  readonly auroc: Estimate;
  readonly variance: Estimate;
  readonly ci: Interval;
}

/** Two AUROCs on the same samples, compared. */
export interface AurocComparison {
  readonly aurocA: Estimate;
  readonly aurocB: Estimate;
  /** AUROC of A less that of B. */
  readonly difference: Estimate;
  /** Variance of the difference. */
  readonly variance: Estimate;
  /** Difference over its standard error. */
  readonly z: Estimate;
  /** Two-sided. */
  readonly p: Estimate;
  /** Normal interval of the difference, within [−1, 1]. */
  readonly ci: Interval;
}

/**
 * Variance of the sum of the two classes' mean components, given one component a sample. It is
 * undefined where there are too few samples, and says so.
 */
export type ComponentVariance = (
  components: Float64Array,
  labels: Labels,
  counts: ClassCounts,
) => Estimate;

/**
 * AUROC with the variance of DeLong, DeLong and Clarke-Pearson (1988, doi:10.2307/2531595), as pROC gives
 * it, and an interval that is normal on the logit scale.
 *
 * @param scores one finite score a sample
 * @param labels one label a sample
 * @param confidence between 0 and 1, exclusive
 * @returns area, variance and interval. The variance is undefined with fewer than two samples of a
 * class; the interval also where the variance is 0, because that would feign certainty
 * @throws {RangeError} where the sample or the confidence is out of bounds
 */
export function delong(scores: Scores, labels: Labels, confidence: number): AurocInference {
  return inferAuroc(scores, labels, confidence, varianceOfComponents);
}

/**
 * AUROC with an interval on the logit scale by whatever variance its components are given.
 *
 * @param scores one finite score a sample
 * @param labels one label a sample
 * @param confidence between 0 and 1, exclusive
 * @param varianceOf the variance
 * @returns area, variance and interval
 * @throws {RangeError} where the sample or the confidence is out of bounds
 */
export function inferAuroc(
  scores: Scores,
  labels: Labels,
  confidence: number,
  varianceOf: ComponentVariance,
): AurocInference {
  checkConfidence(confidence);
  const counts = checkSample(scores, labels);
  const area = auroc(scores, labels);
  const variance = area.value === null
    ? area
    : varianceOf(placements(scores, labels, counts), labels, counts);
  return { auroc: area, variance, ci: logitInterval(area, variance, confidence) };
}

/**
 * Interval of an area that is normal on the logit scale (Pepe 2003, section 5.2.2): it stays within (0, 1)
 * and holds the truth more often than a normal one where the area is near 1 and cancers are few.
 */
function logitInterval(area: Estimate, variance: Estimate, confidence: number): Interval {
  if (area.value === null) return noInterval(area.undefined);
  if (variance.value === null) return noInterval(variance.undefined);
  const spread = area.value * (1 - area.value);
  if (!(variance.value > 0 && spread > 0)) return noInterval(NO_VARIATION);
  const reach = Math.exp(normalQuantile((1 + confidence) / 2) * Math.sqrt(variance.value) / spread);
  const odds = area.value / (1 - area.value);
  return interval(odds / reach / (1 + odds / reach), 1 - 1 / (1 + odds * reach));
}

/**
 * DeLong's test of two correlated AUROCs: two classifiers, the same samples.
 *
 * @param scoresA finite scores of classifier A
 * @param scoresB finite scores of classifier B, of the same samples
 * @param labels one label a sample
 * @param confidence between 0 and 1, exclusive
 * @returns the comparison; all but the areas is undefined without both classes, variance, z, p and
 * interval with fewer than two samples of a class, z, p and interval where the difference does not vary
 * @throws {RangeError} where lengths differ or a score, label or the confidence is out of bounds
 */
export function pairedDelong(
  scoresA: Scores,
  scoresB: Scores,
  labels: Labels,
  confidence = 0.95,
): AurocComparison {
  return compareAurocs(scoresA, scoresB, labels, confidence, varianceOfComponents);
}

/**
 * Compares two AUROCs by whatever variance their components' difference is given.
 *
 * @param scoresA finite scores of classifier A
 * @param scoresB finite scores of classifier B, of the same samples
 * @param labels one label a sample
 * @param confidence between 0 and 1, exclusive
 * @param varianceOf the variance
 * @returns the comparison
 * @throws {RangeError} where lengths differ or a score, label or the confidence is out of bounds
 */
export function compareAurocs(
  scoresA: Scores,
  scoresB: Scores,
  labels: Labels,
  confidence: number,
  varianceOf: ComponentVariance,
): AurocComparison {
  return compareComponents(
    aurocComponents(scoresA, labels),
    aurocComponents(scoresB, labels),
    labels,
    confidence,
    varianceOf,
  );
}

/** An AUROC with DeLong's components of the samples. */
export interface AurocComponents {
  readonly auroc: Estimate;
  /** One a sample; empty where a class is missing. */
  readonly components: Float64Array;
}

/**
 * @param scores one finite score a sample
 * @param labels one label a sample
 * @returns what comparisons with other classifiers need of this one, so that it is computed once
 * @throws {RangeError} where lengths differ or a score or label is out of bounds
 */
export function aurocComponents(scores: Scores, labels: Labels): AurocComponents {
  const counts = checkSample(scores, labels);
  const area = auroc(scores, labels);
  return {
    auroc: area,
    components: area.value === null ? new Float64Array() : placements(scores, labels, counts),
  };
}

/**
 * The second half of {@linkcode compareAurocs}.
 *
 * @param a classifier A
 * @param b classifier B, on the same samples
 * @param labels one label a sample
 * @param confidence between 0 and 1, exclusive
 * @param varianceOf the variance
 * @returns the comparison
 * @throws {RangeError} where the confidence is out of bounds
 */
export function compareComponents(
  { auroc: aurocA, components: a }: AurocComponents,
  { auroc: aurocB, components: b }: AurocComponents,
  labels: Labels,
  confidence: number,
  varianceOf: ComponentVariance,
): AurocComparison {
  checkConfidence(confidence);
  if (aurocA.value === null || aurocB.value === null) {
    return noComparison(aurocA, aurocB, aurocA.undefined ?? aurocB.undefined!);
  }
  const difference = defined(aurocA.value - aurocB.value);
  const variance = varianceOf(
    a.map((component, at) => component - b[at]!),
    labels,
    countClasses(labels),
  );
  return {
    aurocA,
    aurocB,
    difference,
    variance,
    ...zTest(difference, variance),
    ci: normalInterval(difference, variance, confidence, -1),
  };
}

function countClasses(labels: Labels): ClassCounts {
  let positives = 0;
  for (const label of labels) positives += label;
  return { positives, negatives: labels.length - positives };
}

/**
 * Normal interval, clipped to what the estimate can be.
 *
 * @param estimate the estimate
 * @param variance its variance
 * @param confidence between 0 and 1, exclusive
 * @param smallest smallest possible value: 0 for an area, −1 for a difference; the largest is 1
 * @returns the interval; undefined where estimate or variance is, or where the variance is 0
 */
export function normalInterval(
  estimate: Estimate,
  variance: Estimate,
  confidence: number,
  smallest: number,
): Interval {
  if (estimate.value === null) return noInterval(estimate.undefined);
  if (variance.value === null) return noInterval(variance.undefined);
  if (variance.value <= 0) return noInterval(NO_VARIATION);
  const reach = normalQuantile((1 + confidence) / 2) * Math.sqrt(variance.value);
  return interval(Math.max(smallest, estimate.value - reach), Math.min(1, estimate.value + reach));
}

/** Why an estimate that does not vary has no interval. */
export const NO_VARIATION = "The estimated variance is 0, so the uncertainty cannot be estimated.";

/** Variance of the mean over the positives plus, independently, that over the negatives. */
function varianceOfComponents(
  components: Float64Array,
  labels: Labels,
  { positives, negatives }: ClassCounts,
): Estimate {
  if (positives < 2 || negatives < 2) {
    return undefinedBecause(
      `There are ${positives} positive and ${negatives} negative samples; a variance needs two of each.`,
    );
  }
  const ofPositives = components.filter((_, at) => labels[at] === 1);
  const ofNegatives = components.filter((_, at) => labels[at] === 0);
  return defined(variance(ofPositives) / positives + variance(ofNegatives) / negatives);
}

/** Sample variance, in two passes so that nothing cancels. */
function variance(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}

/**
 * @param difference what is to be held against 0
 * @param variance its variance
 * @returns difference over its standard error, and how often chance gives one as far from 0;
 * undefined where difference or variance are, or where the variance is 0
 */
export function zTest(
  difference: Estimate,
  variance: Estimate,
): Pick<AurocComparison, "z" | "p"> {
  const reason = variance.undefined ?? difference.undefined ??
    (variance.value! > 0 ? null : NO_VARIATION);
  if (reason !== null) return { z: undefinedBecause(reason), p: undefinedBecause(reason) };
  const z = difference.value! / Math.sqrt(variance.value!);
  return { z: defined(z), p: defined(2 * normalCdf(-Math.abs(z))) };
}

function noComparison(aurocA: Estimate, aurocB: Estimate, reason: string): AurocComparison {
  const none = undefinedBecause(reason);
  return {
    aurocA,
    aurocB,
    difference: none,
    variance: none,
    z: none,
    p: none,
    ci: noInterval(reason),
  };
}
