import { type BootstrapOptions, checkReplicates } from "./bootstrap_options.ts";
import { defined, type Estimate, undefinedBecause } from "./estimate.ts";
import { type MetricName, METRICS } from "./paired_bootstrap.ts";
import type { PairedSample } from "./paired_replicates.ts";
import { observedDifferences, permutationPlan } from "./permutation_replicates.ts";
import { type RunReplicates, runReplicatesHere } from "./replicates.ts";
import { checkSample, missingClass } from "./sample.ts";

/** How many exchanges to draw, and their seed. The same sample gives the same p, to the bit. */
export type PermutationOptions = Pick<BootstrapOptions, "replicates" | "seed">;

/** A difference and how often chance alone gives one as large. */
export interface PermutedDifference {
  /** A less B in the sample. A Brier score is better when it is lower. */
  readonly difference: Estimate;
  /** Two-sided; the sample itself counts as one of the exchanges, so that p is never 0. */
  readonly p: Estimate;
}

/** The test of every metric, all from the same exchanges. */
export type PermutationTest = Readonly<Record<MetricName, PermutedDifference>>;

/** Sums in another order differ in the last bits: what is this close counts as equally large. */
const TOLERANCE = 1e-12;

/**
 * Permutation test of two classifiers on the same samples. If it made no difference which of the two
 * gave a score, their scores could change places: within each sample, or, where the sample has
 * clusters, within each cluster as a whole. For the areas it is ranks that change places, because the
 * classifiers' scales may differ (Venkatraman and Begg 1996, doi:10.1093/biomet/83.4.835), for the
 * Brier score the scores themselves.
 *
 * @param sample two classifiers on the same samples
 * @param options how many exchanges, and their seed
 * @param run computes the replicates: in this thread unless told otherwise
 * @returns difference and p of each metric; undefined where a class is missing, for Brier where a score
 * lies outside [0, 1]
 * @throws {RangeError} where sample or options are out of bounds
 */
export async function permutationTest(
  sample: PairedSample,
  { replicates, seed }: PermutationOptions,
  run: RunReplicates = runReplicatesHere,
): Promise<PermutationTest> {
  checkReplicates({ replicates, seed });
  const reason = missingClass(checkSample(sample.scoresA, sample.labels));
  checkSample(sample.scoresB, sample.labels);
  if (reason !== null) return testOf(() => noTest(reason));
  const plan = permutationPlan(sample);
  const observed = observedDifferences(plan);
  const columns = await run(plan, seed, replicates);
  return testOf((metric) => {
    const at = METRICS.indexOf(metric);
    const difference = observed[at]!;
    if (Number.isNaN(difference)) return noTest("A score lies outside [0, 1].");
    const asLarge = columns[at]!.reduce(
      (sum, value) => sum + (Math.abs(value) >= Math.abs(difference) - TOLERANCE ? 1 : 0),
      1,
    );
    return { difference: defined(difference), p: defined(asLarge / (replicates + 1)) };
  });
}

function testOf(test: (metric: MetricName) => PermutedDifference): PermutationTest {
  return {
    auroc: test("auroc"),
    auprc: test("auprc"),
    averagePrecision: test("averagePrecision"),
    brier: test("brier"),
  };
}

function noTest(reason: string): PermutedDifference {
  return { difference: undefinedBecause(reason), p: undefinedBecause(reason) };
}
