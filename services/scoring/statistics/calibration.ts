import { groupClusters } from "./clusters.ts";
import { checkConfidence, defined, interval, noInterval, undefinedBecause } from "./estimate.ts";
import type { Estimate, Interval } from "./estimate.ts";
import { fitLogistic, type LogisticFit, type LogisticModel, separation } from "./logistic.ts";
import { midranks } from "./auroc.ts";
import { normalQuantile } from "./normal.ts";
import { wilson } from "./proportion.ts";
import { checkSample, type ClusteredSample, missingClass } from "./sample.ts";

/** Bins of the reliability diagram: deciles, the usual choice. */
const BINS = 10;

/** Samples with adjacent scores. */
export interface CalibrationBin {
  readonly lower: number;
  readonly upper: number;
  readonly count: number;
  readonly positives: number;
  readonly meanScore: number;
  /** Share of positives. */
  readonly observed: number;
  /** Wilson interval of `observed`. */
  readonly ci: Interval;
}

/** A coefficient with its Wald intervals. */
export interface CalibrationCoefficient {
  readonly value: Estimate;
  readonly ci: Interval;
  /** With a cluster-robust variance. */
  readonly ciByCluster: Interval;
}

/** How well scores, read as probabilities, match the share of positives. */
export interface Calibration {
  readonly bins: readonly CalibrationBin[];
  readonly slope: CalibrationCoefficient;
  readonly intercept: CalibrationCoefficient;
  readonly inTheLarge: CalibrationCoefficient;
  readonly expectedError: Estimate;
  /** `expectedError` corrected for chance. */
  readonly debiasedError: Estimate;
}

/**
 * Reliability diagram, expected calibration error, and logistic regression of truth on the logit of
 * the score (Cox 1958, doi:10.1093/biomet/45.3-4.562; Van Calster and others 2016,
 * doi:10.1016/j.jclinepi.2015.12.005). A slope below 1 means scores are too extreme. Calibration in
 * the large is the intercept with the slope fixed at 1; it is above 0 if scores are too low.
 *
 * Bins hold about equally many samples, because a screening model scores most of them near 0: of N
 * samples, the one with midrank r goes to bin ⌊(r − ½) · 10 / N⌋, so equal scores share a bin. The
 * expected calibration error is the mean absolute difference between score and share over the bins,
 * weighted by samples (Naeini, Cooper and Hauskrecht 2015). Chance alone makes it positive; the
 * debiased form subtracts the variance of a calibrated share, m (1 − m) / n for n samples of mean
 * score m, from each squared difference, but not below 0 (after Bröcker 2012,
 * doi:10.1007/s00382-011-1191-1).
 * @param confidence in (0, 1)
 * @returns everything undefined without samples or if a score is outside [0, 1]; coefficients also
 * without both classes or if a score is 0 or 1 (infinite logit); slope and intercept also if the
 * scores of the classes do not overlap (the likelihood has no maximum)
 * @throws {RangeError} if sample or confidence are out of range
 */
export function calibration(sample: ClusteredSample, confidence: number): Calibration {
  checkConfidence(confidence);
  const counts = checkSample(sample.scores, sample.labels);
  const { scores } = sample;
  const reason = scores.length === 0
    ? "There are no samples."
    : scores.some((score) => score < 0 || score > 1)
    ? "Scores are outside [0, 1] and cannot be read as probabilities."
    : null;
  if (reason !== null) {
    const none = noCoefficient(reason);
    return {
      bins: [],
      slope: none,
      intercept: none,
      inTheLarge: none,
      expectedError: undefinedBecause(reason),
      debiasedError: undefinedBecause(reason),
    };
  }
  const bins = reliabilityBins(sample, confidence);
  return {
    bins,
    ...coefficients(sample, missingClass(counts) ?? extremeScores(sample), confidence),
    expectedError: defined(meanOver(bins, distance)),
    debiasedError: defined(meanOver(bins, (bin) => {
      const chance = bin.meanScore * (1 - bin.meanScore) / bin.count;
      return Math.sqrt(Math.max(0, distance(bin) ** 2 - chance));
    })),
  };
}

function distance({ observed, meanScore }: CalibrationBin): number {
  return Math.abs(observed - meanScore);
}

/** Mean weighted by samples. */
function meanOver(bins: readonly CalibrationBin[], of: (bin: CalibrationBin) => number): number {
  const count = bins.reduce((sum, bin) => sum + bin.count, 0);
  return bins.reduce((sum, bin) => sum + bin.count * of(bin), 0) / count;
}

function reliabilityBins(
  { scores, labels }: ClusteredSample,
  confidence: number,
): CalibrationBin[] {
  const bins = Array.from({ length: BINS }, () => ({
    lower: Infinity,
    upper: -Infinity,
    count: 0,
    positives: 0,
    sum: 0,
  }));
  midranks(scores).forEach((rank, at) => {
    const bin = bins[Math.floor((rank - 0.5) * BINS / scores.length)]!;
    const score = scores[at]!;
    bin.lower = Math.min(bin.lower, score);
    bin.upper = Math.max(bin.upper, score);
    bin.count += 1;
    bin.positives += labels[at]!;
    bin.sum += score;
  });
  return bins.filter(({ count }) => count > 0).map(({ sum, ...bin }) => ({
    ...bin,
    meanScore: sum / bin.count,
    observed: bin.positives / bin.count,
    ci: wilson({ count: bin.positives, of: bin.count }, confidence),
  }));
}

function extremeScores({ scores }: ClusteredSample): string | null {
  const extreme = [...scores].filter((score) => score === 0 || score === 1).length;
  return extreme === 0 ? null : `${extreme} scores are exactly 0 or 1: their logit is infinite.`;
}

function coefficients(
  sample: ClusteredSample,
  reason: string | null,
  confidence: number,
): Pick<Calibration, "slope" | "intercept" | "inTheLarge"> {
  if (reason !== null) {
    const none = noCoefficient(reason);
    return { slope: none, intercept: none, inTheLarge: none };
  }
  const model: LogisticModel = {
    x: Float64Array.from(sample.scores, (score) => Math.log(score) - Math.log1p(-score)),
    labels: sample.labels,
    ...groupClusters(sample.clusters, sample.scores.length),
    withSlope: false,
  };
  const held = fitLogistic(model);
  const apart = separation(model);
  const fitted = apart === null ? fitLogistic({ ...model, withSlope: true }) : null;
  const failed = apart ?? "The regression does not converge.";
  return {
    intercept: coefficient(
      fitted,
      0,
      `The slope has none: ${failed}`,
      confidence,
    ),
    slope: coefficient(fitted, 1, failed, confidence),
    inTheLarge: coefficient(held, 0, NO_HELD_MAXIMUM, confidence),
  };
}

const NO_HELD_MAXIMUM = "With the slope fixed at 1 the regression does not converge.";

function coefficient(
  fit: LogisticFit | null,
  which: number,
  failed: string,
  confidence: number,
): CalibrationCoefficient {
  if (fit === null) return noCoefficient(failed);
  const value = fit.coefficients[which]!;
  const wald = (variance: number): Interval => {
    const reach = normalQuantile((1 + confidence) / 2) * Math.sqrt(variance);
    return interval(value - reach, value + reach);
  };
  return {
    value: defined(value),
    ci: wald(fit.variances[which]!),
    ciByCluster: fit.clusteredVariances === null
      ? noInterval("All samples belong to one cluster.")
      : wald(fit.clusteredVariances[which]!),
  };
}

function noCoefficient(reason: string): CalibrationCoefficient {
  return {
    value: undefinedBecause(reason),
    ci: noInterval(reason),
    ciByCluster: noInterval(reason),
  };
}
