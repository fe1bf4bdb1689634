import { BOOTSTRAP_REPLICATES_MAX, BOOTSTRAP_SAMPLES_MIN } from "../../../shared/limits.ts";
import { cellCounts, layOutCells } from "./cells.ts";
import { clusterPlan, groupClusters } from "./clusters.ts";
import { type Interval, interval, noInterval } from "./estimate.ts";
import { quantile } from "./quantile.ts";
import { SEED_MAX } from "./random.ts";
import { type Replicates, runReplicates } from "./replicates.ts";
import type { ResamplingPlan } from "./resampling.ts";
import { checkSample, type ClassCounts, missingClass, type Sample } from "./sample.ts";

/** How to bootstrap. The same options and sample give the same intervals, to the bit. */
export interface BootstrapOptions {
  /** How many replicates to draw, from 1 to `BOOTSTRAP_REPLICATES_MAX`. */
  readonly replicates: number;
  /** An integer from 0 to 2^53 − 1. */
  readonly seed: number;
  /** Between 0 and 1, exclusive. */
  readonly confidence: number;
}

/** A sample whose members belong together in clusters, as the breasts of one exam do. */
export interface ClusteredSample extends Sample {
  /** The cluster of each sample, any integers. */
  readonly clusters: Int32Array;
}

/** What is drawn with replacement. */
export type Resampling = ResamplingPlan["kind"];

/** Percentile intervals of the three areas, all from the same replicates. */
export interface BootstrapIntervals {
  readonly auroc: Interval;
  readonly auprc: Interval;
  readonly averagePrecision: Interval;
  readonly resampling: Resampling;
  readonly method: "percentile";
  readonly quantileType: "R-7";
  readonly confidence: number;
  readonly seed: number;
  /** Replicates that were asked for. */
  readonly requested: number;
  /** Replicates that the intervals rest on. */
  readonly used: number;
  /** Replicates that drew one class only. Used and discarded are 0 where none were drawn. */
  readonly discarded: number;
}

/**
 * Percentile bootstrap (Efron and Tibshirani 1993, chapter 13) that draws single samples.
 *
 * @param sample scores and labels
 * @param options replicates, seed, confidence
 * @returns the intervals; undefined for fewer than `BOOTSTRAP_SAMPLES_MIN` samples, where a class is
 * missing, or with fewer than two usable replicates
 * @throws {RangeError} where sample or options are out of bounds
 */
export function bootstrapByRow(sample: Sample, options: BootstrapOptions): BootstrapIntervals {
  return bootstrapPlan(planRows(sample, "row"), options);
}

/**
 * The same within each class: every replicate has the sample's number of positives and negatives.
 *
 * @param sample scores and labels
 * @param options replicates, seed, confidence
 * @returns the intervals; undefined as in {@linkcode bootstrapByRow}
 * @throws {RangeError} where sample or options are out of bounds
 */
export function bootstrapStratified(sample: Sample, options: BootstrapOptions): BootstrapIntervals {
  return bootstrapPlan(planRows(sample, "stratified"), options);
}

/**
 * The same, drawing whole clusters: right where the members of a cluster resemble each other, so that
 * intervals by row are too narrow (Field and Welsh 2007, doi:10.1111/j.1467-9868.2007.00593.x).
 *
 * @param sample scores, labels and clusters
 * @param options replicates, seed, confidence
 * @returns the intervals; undefined as in {@linkcode bootstrapByRow}, or for a single cluster
 * @throws {RangeError} where sample or options are out of bounds
 */
export function bootstrapByCluster(
  sample: ClusteredSample,
  options: BootstrapOptions,
): BootstrapIntervals {
  return bootstrapPlan(planClusters(sample), options);
}

/** What to draw from, or why no interval can be given. */
export type Plan =
  | { readonly resampling: Resampling; readonly plan: ResamplingPlan; readonly undefined: null }
  | { readonly resampling: Resampling; readonly plan: null; readonly undefined: string };

/**
 * @param sample scores and labels
 * @param kind draw from all samples, or within each class
 * @returns the plan, or why there is none
 * @throws {RangeError} where the sample is out of bounds
 */
export function planRows(sample: Sample, kind: "row" | "stratified"): Plan {
  const reason = tooLittle(checkSample(sample.scores, sample.labels));
  if (reason !== null) return { resampling: kind, plan: null, undefined: reason };
  const cells = layOutCells(sample.scores, sample.labels);
  const { positiveScores } = cells;
  const plan: ResamplingPlan = { kind, positiveScores, counts: cellCounts(cells) };
  return { resampling: kind, plan, undefined: null };
}

/**
 * @param sample scores, labels and clusters
 * @returns the plan, or why there is none
 * @throws {RangeError} where the sample is out of bounds
 */
export function planClusters(sample: ClusteredSample): Plan {
  const counts = checkSample(sample.scores, sample.labels);
  const grouping = groupClusters(sample.clusters, sample.scores.length);
  const reason = tooLittle(counts) ??
    (grouping.clusters < 2 ? "All samples are of one cluster." : null);
  if (reason !== null) return { resampling: "cluster", plan: null, undefined: reason };
  const plan = clusterPlan(layOutCells(sample.scores, sample.labels), grouping);
  return { resampling: "cluster", plan, undefined: null };
}

/**
 * @param counts how many samples there are of each class
 * @returns why there are too few to bootstrap, or null
 */
export function tooLittle(counts: ClassCounts): string | null {
  const samples = counts.positives + counts.negatives;
  if (samples < BOOTSTRAP_SAMPLES_MIN) {
    return `There are ${samples} samples, fewer than the ${BOOTSTRAP_SAMPLES_MIN} that a ` +
      "bootstrap interval needs.";
  }
  return missingClass(counts);
}

/**
 * @param options what a caller asks for
 * @throws {RangeError} where replicates, seed or confidence are out of bounds
 */
export function checkBootstrapOptions({ replicates, seed, confidence }: BootstrapOptions): void {
  if (!Number.isInteger(replicates) || replicates < 1 || replicates > BOOTSTRAP_REPLICATES_MAX) {
    throw new RangeError(
      `Cannot bootstrap: replicates is ${replicates}, not an integer from 1 to ` +
        `${BOOTSTRAP_REPLICATES_MAX}`,
    );
  }
  if (!Number.isInteger(seed) || seed < 0 || seed > SEED_MAX) {
    throw new RangeError(
      `Cannot bootstrap: seed is ${seed}, not an integer from 0 to ${SEED_MAX}`,
    );
  }
  if (!(confidence > 0 && confidence < 1)) {
    throw new RangeError(`Cannot bootstrap: confidence is ${confidence}, not between 0 and 1`);
  }
}

/**
 * The intervals of replicates that were drawn.
 *
 * @param resampling what was drawn
 * @param replicates their areas, in any order
 * @param options what was asked for
 * @returns the intervals; undefined with fewer than two usable replicates
 */
export function percentileIntervals(
  resampling: Resampling,
  replicates: Replicates,
  options: BootstrapOptions,
): BootstrapIntervals {
  const { confidence } = options;
  return {
    auroc: percentileInterval(replicates.auroc, confidence),
    auprc: percentileInterval(replicates.auprc, confidence),
    averagePrecision: percentileInterval(replicates.averagePrecision, confidence),
    ...description(resampling, options),
    used: replicates.auroc.length,
    discarded: replicates.discarded,
  };
}

/**
 * Percentile interval of one statistic, by quantiles of type R-7.
 *
 * @param values the statistic in each replicate, in any order
 * @param confidence between 0 and 1, exclusive
 * @returns the interval; undefined for fewer than two values
 */
export function percentileInterval(values: Float64Array, confidence: number): Interval {
  if (values.length < 2) return noInterval("Fewer than two replicates drew both classes.");
  const ascending = values.toSorted();
  return interval(
    quantile(ascending, (1 - confidence) / 2),
    quantile(ascending, (1 + confidence) / 2),
  );
}

/**
 * @param resampling what would have been drawn
 * @param reason why nothing was
 * @param options what was asked for
 * @returns undefined intervals
 */
export function noIntervals(
  resampling: Resampling,
  reason: string,
  options: BootstrapOptions,
): BootstrapIntervals {
  const none = noInterval(reason);
  return {
    auroc: none,
    auprc: none,
    averagePrecision: none,
    ...description(resampling, options),
    used: 0,
    discarded: 0,
  };
}

function bootstrapPlan(planned: Plan, options: BootstrapOptions): BootstrapIntervals {
  checkBootstrapOptions(options);
  if (planned.plan === null) return noIntervals(planned.resampling, planned.undefined, options);
  const replicates = runReplicates(planned.plan, options.seed, 0, options.replicates);
  return percentileIntervals(planned.resampling, replicates, options);
}

function description(
  resampling: Resampling,
  { replicates, seed, confidence }: BootstrapOptions,
): Pick<
  BootstrapIntervals,
  "resampling" | "method" | "quantileType" | "confidence" | "seed" | "requested"
> {
  return {
    resampling,
    method: "percentile",
    quantileType: "R-7",
    confidence,
    seed,
    requested: replicates,
  };
}
