import { auroc } from "./auroc.ts";
import { checkConfidence, defined, interval, noInterval, undefinedBecause } from "./estimate.ts";
import type { Estimate, Interval } from "./estimate.ts";
import { normalCdf, normalQuantile } from "./normal.ts";
import { placements } from "./placements.ts";
import { checkSample, type ClassCounts, type Labels, type Scores } from "./sample.ts";

/** An AUROC with its variance and an interval on the logit scale. */
export interface AurocInference {
  readonly auroc: Estimate;
  readonly variance: Estimate;
  readonly ci: Interval;
}

/** Two AUROCs on the same samples, compared. */
export interface AurocComparison {
  readonly aurocA: Estimate;
  readonly aurocB: Estimate;
  /** AUROC of A minus that of B. */
  readonly difference: Estimate;
  readonly variance: Estimate;
  /** Difference over its standard error. */
  readonly z: Estimate;
  /** Two-sided. */
  readonly p: Estimate;
  /** Normal interval of the difference, within [−1, 1]. */
  readonly ci: Interval;
}

/**
 * Variance of the sum of the two classes' mean components, given one component per sample.
 * Undefined, with the reason, if there are too few samples.
 */
export type ComponentVariance = (
  components: Float64Array,
  labels: Labels,
  counts: ClassCounts,
) => Estimate;

/**
 * AUROC with the variance of DeLong, DeLong and Clarke-Pearson (1988, doi:10.2307/2531595), as in pROC, and an interval
 * that is normal on the logit scale. The variance is undefined with fewer than two samples of a class; the interval also
 * if the variance is 0, because it would feign certainty.
 * @throws {RangeError} if the sample or the confidence is out of range
 */
export function delong(scores: Scores, labels: Labels, confidence: number): AurocInference {
  return inferAuroc(scores, labels, confidence, varianceOfComponents);
}

/**
 * AUROC with an interval on the logit scale, using the given variance.
 * @throws {RangeError} if the sample or the confidence is out of range
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
 * Interval of an area, normal on the logit scale (Pepe 2003, section 5.2.2). It stays within (0, 1)
 * and has better coverage than a normal one if the area is near 1 and cancers are few.
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
 * DeLong's test of two classifiers on the same samples. Without both classes, only defined areas remain; with fewer than
 * two samples of a class variance, z, p and interval are undefined, and all but the variance if it is 0.
 * @throws {RangeError} if lengths differ or a score, label or the confidence is out of range
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
 * Compares two AUROCs on the same samples, using the given variance of the difference of their components.
 * @throws {RangeError} if lengths differ or a score, label or the confidence is out of range
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

/** An AUROC with DeLong's components. */
export interface AurocComponents {
  readonly auroc: Estimate;
  /** One per sample; empty if a class is missing. */
  readonly components: Float64Array;
}

/**
 * Computes what comparisons with other classifiers need of this one, once.
 * @throws {RangeError} if lengths differ or a score or label is out of range
 */
export function aurocComponents(scores: Scores, labels: Labels): AurocComponents {
  const counts = checkSample(scores, labels);
  const area = auroc(scores, labels);
  return {
    auroc: area,
    components: area.value === null ? new Float64Array() : placements(scores, labels, counts),
  };
}

/** Second half of {@linkcode compareAurocs}; RangeError if the confidence is out of range. */
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
 * Normal interval, clipped to `smallest` (0 for an area, −1 for a difference) and 1.
 * @returns the interval; undefined if estimate or variance is, or if the variance is 0
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

/** Variance of the mean over positives plus that over negatives, as independent. */
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

/** Sample variance, in two passes to avoid cancellation. */
function variance(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}

/** z and the two-sided p against 0; undefined if difference or variance are, or if the variance is 0. */
export function zTest(difference: Estimate, variance: Estimate): Pick<AurocComparison, "z" | "p"> {
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
