import {
  bootstrapAreas,
  bootstrapChosen,
  type BootstrapOptions,
  clusteredDelong,
  countAtThresholds,
  type Interval,
  normalCdf,
  normalQuantile,
  operatingPoint,
} from "../../services/scoring/statistics/mod.ts";
import { drawExams, type ScenarioSample } from "./scenarios.ts";

/** Numbers of exams with cancer for which the page says how far intervals can be trusted. */
export const CANCERS = [3, 5, 10, 20, 40, 60, 100, 300] as const;

/** How an interval by exam is made, and of what. */
export const INTERVALS_BY_CANCERS = [
  "AUROC, percentile",
  "AUROC, BCa",
  "AUROC, DeLong",
  "average precision, BCa",
  "specificity at sensitivity 0.90, threshold chosen anew",
  "specificity at sensitivity 0.90, threshold held fixed",
  "sensitivity at a given threshold",
  "PPV at prevalence 0.006, specificity 0.997",
  "detection rate at prevalence 0.006, specificity 0.997",
] as const;

/** Share of simulations in which each interval held the truth; undefined ones did not hold it. */
export type CoverageByCancers = Record<(typeof INTERVALS_BY_CANCERS)[number], number>;

const PREVALENCE = 0.006;
/** By how much scores are higher in cancer, in standard deviations: an AUROC of 0.86. */
const SEPARATION = 1.53;
/** Share of the variance that the breasts of an exam have in common. */
const OF_EXAM = 0.3;

/**
 * Draws samples with a fixed number of exams with cancer, each in one breast, and counts how often 95 %
 * intervals by exam hold the truth. The seed of a simulation is 1,000,000 times the number of cancers and
 * the number of the simulation.
 *
 * @param cancers how many exams have one; those without are four times as many, 300 at least
 * @param simulations how many samples
 * @param replicates of each bootstrap
 */
export async function simulateByCancers(
  cancers: number,
  simulations: number,
  replicates: number,
): Promise<CoverageByCancers> {
  const without = Math.max(300, 4 * cancers);
  const truth = truthOf(cancers / (2 * (cancers + without)));
  const held = Object.fromEntries(
    INTERVALS_BY_CANCERS.map((name) => [name, 0]),
  ) as CoverageByCancers;
  for (let simulation = 0; simulation < simulations; simulation++) {
    const seed = 1_000_000 * cancers + simulation;
    const design = { cancers, without, ofExam: OF_EXAM, separation: SEPARATION };
    const intervals = await intervalsOf(drawExams(design, seed), replicates, simulation);
    for (const name of INTERVALS_BY_CANCERS) {
      const { lower, upper, undefined: reason } = intervals[name];
      if (reason === null && lower <= truth[name] && truth[name] <= upper) {
        held[name] += 1 / simulations;
      }
    }
  }
  return held;
}

/** The threshold of the specificity of 0.997. */
const STRICT = normalQuantile(0.997);

function truthOf(positives: number): CoverageByCancers {
  const auroc = normalCdf(SEPARATION / Math.SQRT2);
  const specificity = normalCdf(SEPARATION + normalQuantile(0.1));
  const found = normalCdf(SEPARATION - STRICT);
  // A healthy breast beside the cancer, two in an exam without.
  const false_ = PREVALENCE * 0.003 + (1 - PREVALENCE) * 2 * 0.003;
  return {
    "AUROC, percentile": auroc,
    "AUROC, BCa": auroc,
    "AUROC, DeLong": auroc,
    "average precision, BCa": averagePrecisionOf(positives),
    "specificity at sensitivity 0.90, threshold chosen anew": specificity,
    "specificity at sensitivity 0.90, threshold held fixed": specificity,
    "sensitivity at a given threshold": 0.5,
    "PPV at prevalence 0.006, specificity 0.997": PREVALENCE * found /
      (PREVALENCE * found + false_),
    "detection rate at prevalence 0.006, specificity 0.997": PREVALENCE * found,
  };
}

/** The mean precision over the scores of cancers, in the population. */
function averagePrecisionOf(positives: number): number {
  const STEPS = 20_000;
  let sum = 0;
  for (let step = 0; step < STEPS; step++) {
    const recall = (step + 0.5) / STEPS;
    const threshold = SEPARATION - normalQuantile(recall);
    sum += positives * recall / (positives * recall + (1 - positives) * normalCdf(-threshold));
  }
  return sum / STEPS;
}

async function intervalsOf(
  sample: ScenarioSample,
  replicates: number,
  seed: number,
): Promise<Record<keyof CoverageByCancers, Interval>> {
  const bootstrap = (method: BootstrapOptions["method"]): BootstrapOptions => ({
    ...{ replicates, seed, confidence: 0.95, method, stratified: false },
  });
  const { scores, labels, clusters } = sample;
  const bca = await bootstrapAreas(sample, bootstrap("bca"));
  const percentile = await bootstrapAreas(sample, bootstrap("percentile"));
  const counts = countAtThresholds(scores, labels);
  const point = (choice: { threshold: number }): ReturnType<typeof operatingPoint> =>
    operatingPoint(sample, counts, choice, {
      confidence: 0.95,
      bootstrap: bootstrap("percentile"),
      prevalence: PREVALENCE,
    });
  const [anew] = bootstrapChosen(sample, { sensitivity: 0.9 }, bootstrap("percentile"), (sums) => {
    const right = sums.trueNegativesWith + sums.trueNegativesWithout;
    return [right / (right + sums.falsePositivesWith + sums.falsePositivesWithout)];
  });
  const ninth = Math.ceil(0.9 * counts.positives - 1e-9);
  const chosen = counts.thresholds[counts.truePositives.findIndex((count) => count >= ninth)]!;
  const strict = point({ threshold: STRICT }).atPrevalence!;
  return {
    "AUROC, percentile": percentile.auroc,
    "AUROC, BCa": bca.auroc,
    "AUROC, DeLong": clusteredDelong(scores, labels, clusters, 0.95).ci,
    "average precision, BCa": bca.averagePrecision,
    "specificity at sensitivity 0.90, threshold chosen anew": anew!,
    "specificity at sensitivity 0.90, threshold held fixed": point({ threshold: chosen }).shares
      .specificity.ciByCluster!,
    "sensitivity at a given threshold": point({ threshold: SEPARATION }).shares.sensitivity
      .ciByCluster!,
    "PPV at prevalence 0.006, specificity 0.997": strict.ppv.ciByCluster!,
    "detection rate at prevalence 0.006, specificity 0.997": strict.detectionRate.ciByCluster!,
  };
}
