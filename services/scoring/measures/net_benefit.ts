import type { AnalysisResult } from "../../../shared/contracts/score_analyses.ts";
import { type FollowUp, kaplanMeierRisk } from "../statistics/mod.ts";
import { type DesignSample, estimated } from "./design_measures.ts";

type Benefits = NonNullable<AnalysisResult["net_benefit"]>;
type Benefit = Benefits[number]["all"];

interface Rates {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly terms: Float64Array;
}

/** Rates at the odds of a threshold; null if they cannot be known. */
type RatesOf = (odds: number, isCalled: (at: number) => boolean) => Rates | null;

/**
 * Net benefit of recalling samples at or above each threshold (Vickers and Elkin 2006, doi:10.1177/0272989X06295361),
 * per sample, at `prevalence` or that of the samples; null if scores are no probabilities or a class is missing.
 */
export function measureNetBenefit(
  sample: DesignSample,
  thresholds: readonly number[],
  prevalence: number | null,
): Benefits | null {
  const { labels, design: { weights } } = sample;
  const held = [0, 0];
  for (const [at, label] of labels.entries()) held[label]! += weights[at]!;
  const [negatives, positives] = held as [number, number];
  const total = negatives + positives;
  if (prevalence !== null && !(negatives > 0 && positives > 0)) return null;
  const share = prevalence ?? positives / total;
  const factors = [(1 - share) / negatives, share / positives] as const;
  return benefitsAt(sample, thresholds, share, (odds, isCalled) => {
    const rates = [0, 0];
    for (const [at, label] of labels.entries()) {
      if (isCalled(at)) rates[label]! += weights[at]! * factors[label]!;
    }
    const [falsePositives, truePositives] = rates as [number, number];
    const benefit = truePositives - odds * falsePositives;
    // Without a stated prevalence the share of cancers varies with the sample as well.
    const means = prevalence === null
      ? [benefit, benefit]
      : [-odds * falsePositives / (1 - share), truePositives / share];
    const terms = Float64Array.from(labels, (label, at) => {
      const gain = isCalled(at) ? (label === 1 ? 1 : -odds) : 0;
      return prevalence === null
        ? (gain - means[label]!) / total
        : factors[label]! * (gain - means[label]!);
    });
    return { truePositives, falsePositives, terms };
  });
}

/**
 * Net benefit where some samples were not followed to the horizon: the risk among the recalled is Kaplan and Meier's,
 * as in R's dcurves (Vickers 2008, doi:10.1186/1472-6947-8-53); null if scores are no probabilities.
 */
export function measureCensoredBenefit(
  sample: DesignSample,
  thresholds: readonly number[],
  horizon: number,
  followed: Pick<FollowUp, "days" | "events">,
): Benefits | null {
  const { weights } = sample.design;
  const { days } = followed;
  const order = [...days.keys()].sort((a, b) => days[a]! - days[b]!);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const riskOf = (isCalled: (at: number) => boolean) =>
    kaplanMeierRisk({ ...followed, weights, order }, horizon, isCalled);
  return benefitsAt(sample, thresholds, riskOf(() => true)?.risk ?? null, (odds, isCalled) => {
    const found = riskOf(isCalled);
    if (found === null) return null;
    const { risk } = found;
    const called = weights.reduce((sum, one, at) => isCalled(at) ? sum + one : sum, 0) / total;
    const terms = found.terms.map((term, at) =>
      ((isCalled(at) ? 1 : 0) - called) / total * (risk - odds * (1 - risk)) +
      called * (1 + odds) * term
    );
    return { truePositives: called * risk, falsePositives: called * (1 - risk), terms };
  });
}

function benefitsAt(
  sample: DesignSample,
  thresholds: readonly number[],
  share: number | null,
  ratesOf: RatesOf,
): Benefits | null {
  const { scores } = sample;
  if (scores.some((score) => score < 0 || score > 1) || scores.length === 0) return null;
  const errorOf = (benefit: number, terms: Float64Array): Pick<Benefit, "se" | "ci"> => {
    const { se, ci } = estimated(benefit, terms, sample);
    return { se, ci };
  };
  const benefitOf = (odds: number, isCalled: (at: number) => boolean): Benefit => {
    const rates = ratesOf(odds, isCalled);
    const { truePositives = null, falsePositives = null } = rates ?? {};
    const benefit = rates && rates.truePositives - odds * rates.falsePositives;
    return {
      true_positive_rate: truePositives,
      false_positive_rate: falsePositives,
      net_benefit: benefit,
      ...(rates === null || benefit === null
        ? { se: null, ci: null }
        : errorOf(benefit, rates.terms)),
    };
  };
  return thresholds.map((threshold) => {
    const odds = threshold / (1 - threshold);
    // A curve begins with its limit from the right, as dcurves' does: a risk of 0 is not recalled at threshold 0.
    const least = threshold === 0 ? Number.MIN_VALUE : threshold;
    const model = benefitOf(odds, (at) => scores[at]! >= least);
    const all = benefitOf(odds, () => true);
    const [ours, theirs] = [model.net_benefit, all.net_benefit];
    return {
      threshold,
      model: {
        ...model,
        standardized: ours !== null && share !== null && share > 0 ? ours / share : null,
        interventions_avoided_per_100: ours !== null && theirs !== null && threshold > 0
          ? 100 * (ours - theirs) / odds
          : null,
      },
      all,
      none: { net_benefit: 0 as const },
    };
  });
}
