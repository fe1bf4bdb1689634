import {
  bootstrapAreas,
  type BootstrapMethod,
  type BootstrapOptions,
  clusteredDelong,
  countAtThresholds,
  delong,
  type Interval,
  operatingPoint,
} from "../../services/scoring/statistics/mod.ts";
import {
  drawScenario,
  type Scenario,
  type ScenarioSample,
  THRESHOLD,
  truthOf,
} from "./scenarios.ts";

/** How an interval is made, and of what. */
export const INTERVALS = [
  "AUROC, bootstrap by row",
  "AUROC, bootstrap by exam",
  "AUROC, BCa by exam",
  "AUROC, DeLong by row",
  "AUROC, DeLong by exam",
  "sensitivity, Wilson",
  "sensitivity, bootstrap by exam",
] as const;

/** Name of an interval. */
export type IntervalName = (typeof INTERVALS)[number];

/** Share of simulations in which each interval held the truth; undefined ones did not hold it. */
export type Coverage = Readonly<Record<IntervalName, number>>;

/**
 * Draws samples from a world where the truth is known and counts how often 95 % intervals hold it.
 *
 * @param scenario the world
 * @param simulations how many samples
 * @param replicates of each bootstrap
 */
export async function simulateCoverage(
  scenario: Scenario,
  simulations: number,
  replicates: number,
): Promise<Coverage> {
  const truth = truthOf(scenario);
  const held = Object.fromEntries(INTERVALS.map((name) => [name, 0])) as Record<
    IntervalName,
    number
  >;
  for (let simulation = 0; simulation < simulations; simulation++) {
    const intervals = await intervalsOf(drawScenario(scenario, simulation), replicates, simulation);
    for (const name of INTERVALS) {
      const value = name.startsWith("AUROC") ? truth.auroc : truth.sensitivity;
      const { lower, upper, undefined: reason } = intervals[name];
      if (reason === null && lower <= value && value <= upper) held[name] += 1 / simulations;
    }
  }
  return held;
}

async function intervalsOf(
  sample: ScenarioSample,
  replicates: number,
  seed: number,
): Promise<Record<IntervalName, Interval>> {
  const options = (method: BootstrapMethod): BootstrapOptions => ({
    ...{ replicates, seed, confidence: 0.95, method, stratified: false },
  });
  const { scores, labels, clusters } = sample;
  const byRow = await bootstrapAreas({ ...sample, clusters: null }, options("percentile"));
  const byExam = await bootstrapAreas(sample, options("percentile"));
  const bca = await bootstrapAreas(sample, options("bca"));
  const counts = countAtThresholds(scores, labels);
  const { shares } = operatingPoint(sample, counts, { threshold: THRESHOLD }, {
    confidence: 0.95,
    bootstrap: options("percentile"),
    prevalence: null,
  });
  return {
    "AUROC, bootstrap by row": byRow.auroc,
    "AUROC, bootstrap by exam": byExam.auroc,
    "AUROC, BCa by exam": bca.auroc,
    "AUROC, DeLong by row": delong(scores, labels, 0.95).ci,
    "AUROC, DeLong by exam": clusteredDelong(scores, labels, clusters, 0.95).ci,
    "sensitivity, Wilson": shares.sensitivity.ci,
    "sensitivity, bootstrap by exam": shares.sensitivity.ciByCluster!,
  };
}
