import type { ComparisonPair, MetricDifference } from "../../../shared/contracts/comparisons.ts";
import { corrected, testOf, zTestOf } from "../difference_tests.ts";
import { letOthers } from "../let_others.ts";
import { runReplicates } from "../replicate_workers/run_replicates.ts";
import {
  auprc,
  auroc,
  averagePrecision,
  bootstrapDifferences,
  type BootstrapOptions,
  brier,
  defined,
  type Estimate,
  type Labels,
  type MetricName,
  type NonInferiority,
  nonInferiority,
  pairedClusteredDelong,
  pairedDelong,
  type PairedSample,
  permutationTest,
  type Scores,
  tooFewClusters,
} from "../statistics/mod.ts";
import type { MatchedSamples } from "./match_samples.ts";

/** How two classifiers are compared. */
export interface CompareOptions {
  /** null: DeLong's tests only. */
  readonly bootstrap: BootstrapOptions | null;
  readonly confidence: number;
  /** How much lower A's AUROC may be; null for no such test. */
  readonly margin: number | null;
}

/** Which two, by position, and what they are called. */
export interface PairOfScores {
  readonly a: { readonly at: number; readonly id: string };
  readonly b: { readonly at: number; readonly id: string };
}

/** Metrics as the API calls them. */
const METRICS = ["auroc", "auprc", "average_precision", "brier"] as const;

const MEASURES: Readonly<Record<MetricName, (scores: Scores, labels: Labels) => Estimate>> = {
  auroc,
  auprc,
  averagePrecision,
  brier,
};

const RESAMPLED = [
  "bootstrap",
  "bootstrap_by_exam",
  "permutation",
  "permutation_by_exam",
] as const satisfies readonly (keyof MetricDifference)[];

const DELONG = ["delong", "delong_by_exam"] as const;

/**
 * Compares classifiers on the same samples, pair by pair. Each test of each metric is corrected by Holm
 * for all pairs.
 *
 * @param matched the samples and every classifier's scores
 * @param options bootstrap, confidence, margin
 */
export async function compareSamples(
  matched: MatchedSamples,
  pairs: readonly PairOfScores[],
  options: CompareOptions,
): Promise<ComparisonPair[]> {
  const compared: ComparisonPair[] = [];
  for (const pair of pairs) {
    compared.push(await comparePair(matched, pair, options));
    await letOthers();
  }
  return correctAll(compared);
}

async function comparePair(
  { scores, labels, clusters, unit }: MatchedSamples,
  { a, b }: PairOfScores,
  options: CompareOptions,
): Promise<ComparisonPair> {
  const { confidence, margin } = options;
  const byRow: PairedSample = {
    scoresA: scores[a.at]!,
    scoresB: scores[b.at]!,
    labels,
    clusters: null,
  };
  const { scoresA, scoresB } = byRow;
  const delong = pairedDelong(scoresA, scoresB, labels, confidence);
  const clustered = pairedClusteredDelong(scoresA, scoresB, labels, clusters, confidence);
  const few = tooFewClusters(labels, clusters, unit);
  const metricOf = await resample(byRow, { ...byRow, clusters }, options.bootstrap, few);
  return {
    a: a.id,
    b: b.id,
    auroc: {
      ...metricOf("auroc"),
      difference: delong.difference,
      delong: zTestOf(delong, few),
      delong_by_exam: zTestOf(clustered, few),
    },
    auprc: metricOf("auprc"),
    average_precision: metricOf("averagePrecision"),
    brier: metricOf("brier"),
    non_inferiority: margin === null ? null : {
      margin,
      by_row: nonInferiorityOf(nonInferiority(delong, margin, confidence), few),
      by_exam: nonInferiorityOf(nonInferiority(clustered, margin, confidence), few),
    },
  };
}

/** The four resampled tests of all metrics; one function, so that each is run once for all metrics. */
async function resample(
  byRow: PairedSample,
  byExam: PairedSample,
  bootstrap: BootstrapOptions | null,
  few: string | null,
): Promise<(metric: MetricName) => MetricDifference> {
  if (bootstrap === null || few !== null) {
    const test = bootstrap === null || few === null
      ? null
      : { ci: null, p: null, p_holm: null, undefined: few };
    return (metric) => ({
      difference: differenceOf(metric, byRow),
      bootstrap: test,
      bootstrap_by_exam: test,
      permutation: test,
      permutation_by_exam: test,
    });
  }
  const bootstrapped = await bootstrapDifferences(byRow, bootstrap, runReplicates);
  const bootstrappedByExam = await bootstrapDifferences(byExam, bootstrap, runReplicates);
  const permuted = await permutationTest(byRow, bootstrap, runReplicates);
  const permutedByExam = await permutationTest(byExam, bootstrap, runReplicates);
  return (metric) => ({
    difference: differenceOf(metric, byRow),
    bootstrap: testOf(bootstrapped[metric]),
    bootstrap_by_exam: testOf(bootstrappedByExam[metric]),
    permutation: testOf({ p: permuted[metric].p }),
    permutation_by_exam: testOf({ p: permutedByExam[metric].p }),
  });
}

function differenceOf(metric: MetricName, { scoresA, scoresB, labels }: PairedSample): Estimate {
  const [a, b] = [MEASURES[metric](scoresA, labels), MEASURES[metric](scoresB, labels)];
  if (a.value === null) return a;
  return b.value === null ? b : defined(a.value - b.value);
}

function nonInferiorityOf(test: NonInferiority, few: string | null): {
  z: number | null;
  p: number | null;
  lower: number | null;
  non_inferior: boolean | null;
  undefined: string | null;
} {
  if (few !== null) return { z: null, p: null, lower: null, non_inferior: null, undefined: few };
  return {
    z: test.z.value,
    p: test.p.value,
    lower: test.lower.value,
    non_inferior: test.nonInferior,
    undefined: test.p.undefined,
  };
}

function correctAll(pairs: readonly ComparisonPair[]): ComparisonPair[] {
  const result = structuredClone([...pairs]);
  for (const metric of METRICS) {
    for (const test of RESAMPLED) {
      const tests = pairs.map((pair) => pair[metric][test]);
      if (tests.some((one) => one === null)) continue;
      const family = corrected(tests.filter((one) => one !== null));
      for (const [at, pair] of result.entries()) pair[metric][test] = family[at]!;
    }
  }
  for (const test of DELONG) {
    const family = corrected(pairs.map(({ auroc }) => auroc[test]));
    for (const [at, { auroc }] of result.entries()) auroc[test] = family[at]!;
  }
  return result;
}
