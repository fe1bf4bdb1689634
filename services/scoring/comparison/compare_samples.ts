import type { ComparisonPair, MetricDifference } from "../../../shared/contracts/comparisons.ts";
import type { DifferenceTest } from "../../../shared/contracts/estimates.ts";
import { type DesignSample, weightedDifferences } from "../measures/design_measures.ts";
import type { WeightedExams } from "../measures/measure_options.ts";
import { designSampleOf } from "../measures/weighted_level.ts";
import { corrected, testOf, zTestOf } from "../measures/difference_tests.ts";
import { yieldToEventLoop } from "../../../shared/async.ts";
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
  type Scores,
  tooFewClusters,
} from "../statistics/mod.ts";
import type { MatchedSamples } from "./match_samples.ts";

export interface CompareOptions {
  /** null: DeLong's tests only. */
  readonly bootstrap: BootstrapOptions | null;
  readonly confidence: number;
  /** Largest acceptable AUROC deficit of A; null for no non-inferiority test. */
  readonly margin: number | null;
  /** The exams with their weights; null if they have none, undefined if the caller may not know. */
  readonly exams?: WeightedExams | null | undefined;
}

/** A pair of scores, by position and ID. */
export interface PairOfScores {
  readonly a: { readonly at: number; readonly id: string };
  readonly b: { readonly at: number; readonly id: string };
}

const METRICS = ["auroc", "auprc", "average_precision", "brier"] as const;

const MEASURES: Readonly<Record<MetricName, (scores: Scores, labels: Labels) => Estimate>> = {
  auroc,
  auprc,
  averagePrecision,
  brier,
};

/** Metrics with intervals by row, for comparison with published numbers. */
const SHOWN_BY_ROW: ReadonlySet<MetricName> = new Set(["auroc", "auprc"]);

/** Compares pair by pair. Only tests by exam have a p value, by Holm over all pairs of one metric and test. */
export async function compareSamples(
  matched: MatchedSamples,
  pairs: readonly PairOfScores[],
  options: CompareOptions,
): Promise<ComparisonPair[]> {
  const compared: ComparisonPair[] = [];
  for (const pair of pairs) {
    compared.push(await comparePair(matched, pair, options));
    await yieldToEventLoop();
  }
  return correctAll(compared);
}

async function comparePair(
  matched: MatchedSamples,
  { a, b }: PairOfScores,
  options: CompareOptions,
): Promise<ComparisonPair> {
  const { scores, labels, clusters, unit } = matched;
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
      delong: withoutP(zTestOf(delong, few)),
      delong_by_exam: zTestOf(clustered, few),
    },
    auprc: metricOf("auprc"),
    average_precision: metricOf("averagePrecision"),
    brier: metricOf("brier"),
    ...weightedPair(matched, a.at, b.at, options),
    non_inferiority: margin === null ? null : {
      margin,
      by_row: withoutP(nonInferiorityOf(nonInferiority(delong, margin, confidence), few)),
      by_exam: nonInferiorityOf(nonInferiority(clustered, margin, confidence), few),
    },
  };
}

function weightedPair(
  { scores, samples }: MatchedSamples,
  a: number,
  b: number,
  { exams, confidence }: CompareOptions,
): Pick<ComparisonPair, "weighted"> {
  if (exams === undefined) return {};
  if (exams === null) return { weighted: null };
  const sample = designSampleOf(samples, exams, confidence);
  const of = (at: number): DesignSample => ({ ...sample, scores: scores[at]! });
  return { weighted: weightedDifferences(of(a), of(b)) };
}

/** Removes p: values by row are only for comparison with published numbers. */
function withoutP<T extends { readonly p: number | null }>(test: T): T {
  return { ...test, p: null };
}

async function resample(
  byRow: PairedSample,
  byExam: PairedSample,
  options: BootstrapOptions | null,
  few: string | null,
): Promise<(metric: MetricName) => MetricDifference> {
  const run = async (
    sample: PairedSample,
  ): Promise<(metric: MetricName) => DifferenceTest | null> => {
    if (options === null) return () => null;
    if (few !== null) return () => ({ ci: null, p: null, p_holm: null, undefined: few });
    const bootstrapped = await bootstrapDifferences(sample, options, runReplicates);
    return (metric) => testOf(bootstrapped[metric]);
  };
  const [ofRow, ofExam] = [await run(byRow), await run(byExam)];
  return (metric) => {
    const test = SHOWN_BY_ROW.has(metric) ? ofRow(metric) : null;
    return {
      difference: differenceOf(metric, byRow),
      bootstrap: test === null ? null : withoutP(test),
      bootstrap_by_exam: ofExam(metric),
      permutation: null,
      permutation_by_exam: null,
    };
  };
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
    const tests = pairs.map((pair) => pair[metric].bootstrap_by_exam);
    if (tests.some((one) => one === null)) continue;
    const family = corrected(tests.filter((one) => one !== null));
    for (const [at, pair] of result.entries()) pair[metric].bootstrap_by_exam = family[at]!;
  }
  const family = corrected(pairs.map(({ auroc }) => auroc.delong_by_exam));
  for (const [at, { auroc }] of result.entries()) auroc.delong_by_exam = family[at]!;
  return result;
}
