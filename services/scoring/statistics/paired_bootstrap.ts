import { areasOfCells } from "./areas.ts";
import { type BootstrapOptions, checkBootstrapOptions, tooLittle } from "./bootstrap_options.ts";
import { defined, type Estimate, type Interval, noInterval, undefinedBecause } from "./estimate.ts";
import { gradientsOfCells } from "./influence.ts";
import { pairedPlan } from "./paired_replicates.ts";
import type { PairedCells, PairedPlan, PairedSample } from "./paired_replicates.ts";
import { acceleration, bcaInterval, percentileInterval, usable } from "./replicate_intervals.ts";
import type { SampleStatistic, UsableReplicates } from "./replicate_intervals.ts";
import { type RunReplicates, runReplicatesHere } from "./replicates.ts";
import { checkSample } from "./sample.ts";

/** The compared metrics, in column order of the replicates. */
export const METRICS = ["auroc", "auprc", "averagePrecision", "brier"] as const;

export type MetricName = (typeof METRICS)[number];

/** Classifier A minus B, with its bootstrap interval and p. */
export interface BootstrapDifference {
  /** A minus B in the sample. A lower Brier score is better. */
  readonly difference: Estimate;
  readonly ci: Interval;
  /**
   * Two-sided: twice the share of replicates on the other side of 0, counting the sample itself as one more, at most 1.
   */
  readonly p: Estimate;
}

export interface BootstrapDifferences extends Readonly<Record<MetricName, BootstrapDifference>> {
  readonly used: number;
  /** Replicates with only one class. */
  readonly discarded: number;
}

/**
 * Paired bootstrap: each replicate draws the same samples for both classifiers and computes the differences (Efron and
 * Tibshirani 1993, chapter 8). Draws clusters if the sample has any, otherwise samples.
 * @param run computes the replicates; by default in this thread
 * @returns difference, interval and p of each metric; undefined if a class is missing, for fewer than
 * `BOOTSTRAP_SAMPLES_MIN` samples, for a single cluster, if fewer than half of the replicates drew both classes, and
 * for Brier if a score is outside [0, 1]
 * @throws {RangeError} if sample or options are out of range
 */
export async function bootstrapDifferences(
  sample: PairedSample,
  options: BootstrapOptions,
  run: RunReplicates = runReplicatesHere,
): Promise<BootstrapDifferences> {
  checkBootstrapOptions(options);
  const counts = checkSample(sample.scoresA, sample.labels);
  checkSample(sample.scoresB, sample.labels);
  const reason = tooLittle(counts);
  if (reason !== null) return nothingCompared(reason);
  const plan = pairedPlan(sample, options.stratified);
  if (plan.starts.length - 1 < 2) return nothingCompared("All samples belong to one cluster.");
  const columns = await run(plan, options.seed, options.replicates);
  const replicates = columns.map(usable);
  const statistics = pairedSampleStatistics(plan);
  const of = (metric: MetricName): BootstrapDifference => {
    const statistic = statistics[metric];
    if (statistic === null) return noDifference("A score is outside [0, 1].");
    return bootstrapDifference(replicates[METRICS.indexOf(metric)]!, statistic, options);
  };
  return {
    auroc: of("auroc"),
    auprc: of("auprc"),
    averagePrecision: of("averagePrecision"),
    brier: of("brier"),
    used: replicates[0]!.values.length,
    discarded: replicates[0]!.discarded,
  };
}

function bootstrapDifference(
  replicates: UsableReplicates,
  statistic: SampleStatistic,
  { method, confidence }: BootstrapOptions,
): BootstrapDifference {
  const ci = method === "bca"
    ? bcaInterval(replicates, confidence, statistic)
    : percentileInterval(replicates, confidence);
  const { values } = replicates;
  const notAbove = values.reduce((sum, value) => sum + (value <= 0 ? 1 : 0), 1);
  const notBelow = values.reduce((sum, value) => sum + (value >= 0 ? 1 : 0), 1);
  const p = Math.min(1, 2 * Math.min(notAbove, notBelow) / (values.length + 1));
  return {
    difference: defined(statistic.observed),
    ci,
    p: ci.undefined === null ? defined(p) : undefinedBecause(ci.undefined),
  };
}

function pairedSampleStatistics(
  plan: PairedPlan,
): Readonly<Record<MetricName, SampleStatistic | null>> {
  const { a, b, starts, strata, lossDifferences } = plan;
  const border = strata.length > 1 ? strata[0]! : null;
  const ofA = describeCells(a);
  const ofB = describeCells(b);
  const accelerationOf = (influenceOf: (at: number) => number): number => {
    const influences = new Float64Array(starts.length - 1);
    for (let cluster = 0; cluster < influences.length; cluster++) {
      for (let at = starts[cluster]!; at < starts[cluster + 1]!; at++) {
        influences[cluster]! += influenceOf(at);
      }
    }
    return acceleration(influences, null, border);
  };
  const area = (name: Exclude<MetricName, "brier">): SampleStatistic => ({
    observed: ofA.areas[name] - ofB.areas[name],
    acceleration: accelerationOf((at) =>
      ofA.gradients[name][a.cells[at]!]! - ofB.gradients[name][b.cells[at]!]!
    ),
  });
  return {
    auroc: area("auroc"),
    auprc: area("auprc"),
    averagePrecision: area("averagePrecision"),
    brier: lossDifferences === null ? null : brierStatistic(lossDifferences, accelerationOf),
  };
}

function brierStatistic(
  lossDifferences: Float64Array,
  accelerationOf: (influenceOf: (at: number) => number) => number,
): SampleStatistic {
  const observed = lossDifferences.reduce((sum, loss) => sum + loss, 0) / lossDifferences.length;
  return { observed, acceleration: accelerationOf((at) => lossDifferences[at]! - observed) };
}

function describeCells({ cells, positiveScores }: PairedCells): {
  areas: Record<Exclude<MetricName, "brier">, number>;
  gradients: ReturnType<typeof gradientsOfCells>;
} {
  const counts = new Int32Array(3 * positiveScores + 1);
  for (const cell of cells) counts[cell]! += 1;
  const areas = { auroc: 0, auprc: 0, averagePrecision: 0 };
  areasOfCells(counts, positiveScores, areas);
  return { areas, gradients: gradientsOfCells(counts, positiveScores) };
}

function noDifference(reason: string): BootstrapDifference {
  return {
    difference: undefinedBecause(reason),
    ci: noInterval(reason),
    p: undefinedBecause(reason),
  };
}

function nothingCompared(reason: string): BootstrapDifferences {
  const none = noDifference(reason);
  return { auroc: none, auprc: none, averagePrecision: none, brier: none, used: 0, discarded: 0 };
}
