import type { AnalysisResult } from "../../../shared/contracts/score_analyses.ts";
import { limitsOf } from "./difference_tests.ts";
import {
  auprcOfCounts,
  aurocOfCounts,
  averagePrecisionOfCounts,
  countAtThresholds,
  degreesOfFreedom,
  delong,
  type Design,
  designVariance,
  type Estimate,
  fitLogistic,
  jackknife,
  logitLimits,
  NO_VARIATION,
  normalInterval,
  normalQuantile,
  partialAuc,
  placements,
  precisionInfluences,
  type RocBand,
  separation,
  shareIntervals,
  type ThresholdCounts,
  twoSided,
} from "../statistics/mod.ts";

/** Scored samples with their truth and the design that they were drawn by. */
export interface DesignSample {
  readonly scores: Float64Array;
  readonly labels: Uint8Array;
  readonly design: Design;
  readonly weighted: boolean;
  readonly confidence: number;
  /** Why there are no intervals and tests but those of shares; null if there are. */
  readonly few: string | null;
}

type DesignEstimate = AnalysisResult["brier"];
type DesignShare = AnalysisResult["prevalence"];

/** Samples × clusters above which the jackknife would take too long. */
const JACKKNIFE_COST_MAX = 2e7;

/** Standard errors up to this are rounding. */
const ROUNDING = 1e-12;

const NO_PROBABILITIES = "Scores are outside [0, 1] and cannot be read as probabilities.";

function nothing(reason: string): DesignEstimate {
  return { value: null, se: null, ci: null, undefined: reason };
}

/** An estimate from its linearised terms, see {@linkcode designVariance}. */
export function estimated(
  value: number,
  terms: Float64Array,
  sample: DesignSample,
  few = sample.few,
): DesignEstimate {
  const se = Math.sqrt(designVariance(sample.design, terms));
  const reach = normalQuantile((1 + sample.confidence) / 2) * se;
  return { value, se, ci: few === null ? [value - reach, value + reach] : null, undefined: few };
}

/** A mean of values, or a ratio of two sums, over the samples. */
function ratio(
  above: Float64Array,
  below: Float64Array,
  sample: DesignSample,
  few = sample.few,
): DesignEstimate {
  const { weights } = sample.design;
  const [sumAbove, sumBelow] = [above, below].map((values) =>
    values.reduce((sum, value, at) => sum + weights[at]! * value, 0)
  ) as [number, number];
  if (!(sumBelow > 0)) return nothing("The denominator is 0.");
  const value = sumAbove / sumBelow;
  const terms = above.map((one, at) => (one - value * below[at]!) / sumBelow);
  return estimated(value, terms, sample, few);
}

/** Share of the samples of `held` that are in `counted`; both hold 1 for members. */
export function designShare(
  counted: Uint8Array,
  held: Uint8Array,
  sample: DesignSample,
  per = 1,
): DesignShare {
  const { weights } = sample.design;
  const [count, of] = [counted, held].map((members) =>
    members.reduce((sum, member, at) => sum + weights[at]! * member, 0)
  ) as [number, number];
  const { value, se, ci, undefined: reason } = ratio(
    Float64Array.from(counted),
    Float64Array.from(held),
    sample,
    null,
  );
  if (value === null || se === null) {
    return { ...nothing(reason!), count, of, ci_t: null, ci_logit: null, ci_beta: null };
  }
  const intervals = shareIntervals(value, se, held, sample.design, sample.confidence);
  const told = (limits: [number, number] | null): [number, number] | null =>
    limits && [limits[0] * per, limits[1] * per];
  return {
    value: value * per,
    se: se * per,
    ci: value > 0 && value < 1 ? told(ci) : null,
    undefined: null,
    count,
    of,
    ci_t: value > 0 && value < 1 ? told(limitsOf(intervals.t)) : null,
    ci_logit: told(limitsOf(intervals.logit)),
    ci_beta: told(limitsOf(intervals.beta)),
  };
}

/** Shares of the samples called positive, given 1 for each that is. */
export function measureCalls(
  called: Uint8Array,
  sample: DesignSample,
): Record<
  "sensitivity" | "specificity" | "ppv" | "npv" | "recall_rate" | "detection_per_1000",
  DesignShare
> {
  const { labels } = sample;
  const both = (left: Uint8Array, right: Uint8Array): Uint8Array =>
    left.map((one, at) => one & right[at]!);
  const not = (of: Uint8Array): Uint8Array => of.map((one) => 1 - one);
  const [healthy, passed, all] = [not(labels), not(called), labels.map(() => 1)];
  return {
    sensitivity: designShare(both(called, labels), labels, sample),
    specificity: designShare(both(passed, healthy), healthy, sample),
    ppv: designShare(both(called, labels), called, sample),
    npv: designShare(both(passed, healthy), passed, sample),
    recall_rate: designShare(called, all, sample),
    detection_per_1000: designShare(both(called, labels), all, sample, 1000),
  };
}

type Areas = Pick<AnalysisResult, "auroc" | "average_precision" | "auprc" | "partial_auc">;

/** Areas under the curves with linearised standard errors, and the jackknife's, which take long. */
export function measureAreas(
  sample: DesignSample,
  bands: readonly RocBand[] = [],
  withJackknife = true,
): Areas {
  const { scores, labels, design, confidence, few } = sample;
  const counts = countAtThresholds(scores, labels, design.weights);
  const isCostly = scores.length * design.stratumOf.length > JACKKNIFE_COST_MAX;
  const errorOf = (of: (counts: ThresholdCounts) => number | null): number | null =>
    isCostly || !withJackknife
      ? null
      : jackknife(design, (weights) => of(countAtThresholds(scores, labels, weights)));
  const areas = areaTerms(sample, counts);
  const area = (name: AreaName): Areas["auprc"] => {
    const { value, undefined: reason } = AREAS[name](counts);
    if (value === null) return { ...nothing(reason), ci_logit: null, se_jackknife: null };
    const se = areas === null ? null : Math.sqrt(designVariance(design, areas[name]));
    const varies = few === null && (se ?? 0) > ROUNDING;
    const reach = varies ? normalQuantile((1 + confidence) / 2) * se! : 0;
    return {
      value,
      se,
      ci: reach > 0 ? [value - reach, value + reach] : null,
      ci_logit: reach > 0 && value > 0 && value < 1 ? limitsOf(logitLimits(value, reach)) : null,
      se_jackknife: errorOf((one) => AREAS[name](one).value),
      undefined: few ?? (reach > 0 ? null : NO_VARIATION),
    };
  };
  return {
    auroc: { ...area("auroc"), delong: delongOf(sample) },
    average_precision: area("average_precision"),
    auprc: area("auprc"),
    partial_auc: bands.map((band) => ({
      ...band,
      ...(partialAuc(counts, band) ?? { raw: null, corrected: null, at_from: null, at_to: null }),
      se_jackknife: errorOf((one) => partialAuc(one, band)?.raw ?? null),
    })),
  };
}

const AREAS = {
  auroc: aurocOfCounts,
  average_precision: averagePrecisionOfCounts,
  auprc: auprcOfCounts,
} as const satisfies Record<string, (counts: ThresholdCounts) => Estimate>;

type AreaName = keyof typeof AREAS;

/** The linearised terms of each area, per unit of weight; null if a class is missing. */
function areaTerms(
  { scores, labels, design: { weights } }: DesignSample,
  counts: ThresholdCounts,
): Record<AreaName, Float64Array> | null {
  const { positives, negatives } = counts;
  const { value } = aurocOfCounts(counts);
  if (value === null) return null;
  const { auprc, averagePrecision } = precisionInfluences(scores, labels, weights);
  return {
    auroc: placements(scores, labels, counts, weights).map((one, at) =>
      (one - value) / (labels[at] === 1 ? positives : negatives)
    ),
    average_precision: averagePrecision,
    auprc,
  };
}

interface Counted {
  readonly counts: ThresholdCounts;
  readonly terms: ReturnType<typeof areaTerms>;
}

/** Differences of two scores, the first less the second, from linearised terms; null if a class is missing. */
export function weightedDifferences(
  first: DesignSample,
  second: DesignSample,
): Record<"auroc" | "average_precision" | "brier", DesignEstimate & { p: number | null }> | null {
  const [ours, theirs] = [first, second].map((one) => {
    const counts = countAtThresholds(one.scores, one.labels, one.design.weights);
    return { counts, terms: areaTerms(one, counts) };
  }) as [Counted, Counted];
  if (ours.terms === null || theirs.terms === null) return null;
  const tested = (made: DesignEstimate): DesignEstimate & { p: number | null } => {
    if (made.value === null || made.ci === null) return { ...made, p: null };
    if (made.se! <= ROUNDING) return { ...made, ci: null, p: null, undefined: NO_VARIATION };
    return { ...made, p: twoSided(made.value / made.se!) };
  };
  const area = (name: "auroc" | "average_precision") =>
    tested(estimated(
      AREAS[name](ours.counts).value! - AREAS[name](theirs.counts).value!,
      ours.terms![name].map((one, at) => one - theirs.terms![name][at]!),
      first,
    ));
  const isNoShare = (score: number): boolean => score < 0 || score > 1;
  const losses = first.scores.map((score, at) =>
    (score - first.labels[at]!) ** 2 - (second.scores[at]! - first.labels[at]!) ** 2
  );
  return {
    auroc: area("auroc"),
    average_precision: area("average_precision"),
    brier: tested(
      first.scores.some(isNoShare) || second.scores.some(isNoShare)
        ? nothing(NO_PROBABILITIES)
        : ratio(losses, new Float64Array(losses.length).fill(1), first),
    ),
  };
}

function delongOf(
  { scores, labels, weighted, confidence }: DesignSample,
): Areas["auroc"]["delong"] {
  if (weighted) return null;
  const { auroc, variance, ci } = delong(scores, labels, confidence);
  return {
    se: variance.value === null ? null : Math.sqrt(variance.value),
    ci: limitsOf(normalInterval(auroc, variance, confidence, 0)),
    ci_logit: limitsOf(ci),
  };
}

type Judged = Omit<NonNullable<AnalysisResult["recalibration"]>[number], "method" | "count">;

/** A judgement that is undefined for one reason. */
export function unjudged(reason: string): Judged {
  const none = nothing(reason);
  return {
    ...{ brier: none, log_loss: none, observed_over_expected: none },
    ...{ intercept: none, slope: none, in_the_large: none },
  };
}

export function describeDesign({ weighted, design }: DesignSample): AnalysisResult["design"] {
  return {
    ...{ weighted, strata: design.sizes.filter((size) => size > 0).length },
    ...{ clusters: design.stratumOf.length, df: degreesOfFreedom(design) },
    single_strata: design.sizes.filter((size) => size === 1).length,
  };
}

/** How well the scores, read as probabilities, agree with the truth. */
export function judgeProbabilities(sample: DesignSample): Judged {
  const { scores, labels, design } = sample;
  if (scores.some((score) => score < 0 || score > 1)) return unjudged(NO_PROBABILITIES);
  const ones = new Float64Array(scores.length).fill(1);
  const losses = scores.map((score, at) => -Math.log(labels[at] === 1 ? score : 1 - score));
  const isExtreme = scores.some((score) => score === 0 || score === 1);
  const fitted = (withSlope: boolean, which: number): DesignEstimate => {
    if (isExtreme) return nothing("Some scores are exactly 0 or 1: their logit is infinite.");
    const model = {
      x: scores.map((score) => Math.log(score) - Math.log1p(-score)),
      labels,
      weights: design.weights,
      clusterOf: design.clusterOf,
      clusters: design.stratumOf.length,
      withSlope,
    };
    const apart = separation(model);
    const fit = withSlope && apart !== null ? null : fitLogistic(model);
    return fit === null
      ? nothing(apart ?? "The regression does not converge.")
      : estimated(fit.coefficients[which]!, fit.influences[which]!, sample);
  };
  return {
    brier: ratio(scores.map((score, at) => (score - labels[at]!) ** 2), ones, sample),
    log_loss: losses.every(Number.isFinite)
      ? ratio(losses, ones, sample)
      : nothing("A score of 0 or 1 is wrong: its loss is infinite."),
    intercept: fitted(true, 0),
    slope: fitted(true, 1),
    in_the_large: fitted(false, 0),
    observed_over_expected: ratio(Float64Array.from(labels), scores, sample),
  };
}
