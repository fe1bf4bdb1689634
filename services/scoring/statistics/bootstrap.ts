import { areasOfCells } from "./areas.ts";
import { type BootstrapOptions, checkBootstrapOptions, tooLittle } from "./bootstrap_options.ts";
import { cellCounts, layOutCells } from "./cells.ts";
import { groupClusters, neighboursTogether, orderByCluster } from "./clusters.ts";
import { type Interval, noInterval } from "./estimate.ts";
import { gradientsOfCells } from "./influence.ts";
import { acceleration, bcaInterval, percentileInterval, usable } from "./replicate_intervals.ts";
import type { SampleStatistic } from "./replicate_intervals.ts";
import { type ReplicateColumns, type RunReplicates, runReplicatesHere } from "./replicates.ts";
import type { ClusterPlan, RowPlan } from "./resampling.ts";
import { checkSample, type ClusteredSample } from "./sample.ts";

/** The areas in replicates, in column order. */
export const AREAS = ["auroc", "auprc", "averagePrecision"] as const;

export type AreaName = (typeof AREAS)[number];

/** Intervals of the three areas, all from the same replicates. */
export interface BootstrapIntervals extends Readonly<Record<AreaName, Interval>> {
  readonly used: number;
  /** Replicates with only one class. Both counts are 0 if none were drawn. */
  readonly discarded: number;
}

/**
 * Bootstrap intervals of AUROC, AUPRC and average precision (Efron and Tibshirani 1993). Draws single samples, or whole
 * clusters if there are any: members of a cluster are correlated, so intervals by sample would be too narrow (Field and
 * Welsh 2007, doi:10.1111/j.1467-9868.2007.00593.x).
 * @param run computes the replicates; by default in this thread
 * @returns the intervals; undefined for fewer than `BOOTSTRAP_SAMPLES_MIN` samples, a missing class, a single cluster,
 * if fewer than half of the replicates drew both classes, or if all give the same value
 * @throws {RangeError} if sample or options are out of range
 */
export async function bootstrapAreas(
  sample: ClusteredSample,
  options: BootstrapOptions,
  run: RunReplicates = runReplicatesHere,
): Promise<BootstrapIntervals> {
  checkBootstrapOptions(options);
  const reason = tooLittle(checkSample(sample.scores, sample.labels));
  if (reason !== null) return noIntervals(reason);
  if (sample.clusters === null) {
    const plan = planRows(sample, options.stratified);
    const columns = await run(plan, options.seed, options.replicates);
    return intervalsOf(columns, options, () => rowStatistics(plan));
  }
  const plan = planClusters(sample, options.stratified);
  if (plan.starts.length - 1 < 2) return noIntervals("All samples belong to one cluster.");
  const columns = await run(plan, options.seed, options.replicates);
  return intervalsOf(columns, options, () => clusterStatistics(plan));
}

/** The plan for drawing single samples of a checked sample, within each class if stratified. */
export function planRows(
  sample: Pick<ClusteredSample, "scores" | "labels">,
  stratified: boolean,
): RowPlan {
  const cells = layOutCells(sample.scores, sample.labels);
  const { positiveScores } = cells;
  return { kind: "row", stratified, positiveScores, counts: cellCounts(cells) };
}

/** The plan for drawing clusters, those with and without a positive separately if stratified. */
export function planClusters(sample: ClusteredSample, stratified: boolean): ClusterPlan {
  const { positiveScores, cellOf } = layOutCells(sample.scores, sample.labels);
  const { order, starts, strata } = orderByCluster(
    groupClusters(sample.clusters, sample.scores.length),
    stratified ? sample.labels : null,
  );
  const cells = order.map((at) => cellOf[at]!);
  return { kind: "cluster", positiveScores, ...neighboursTogether({ cells, starts, strata }) };
}

/** Computes the intervals from the columns of replicates; `statistics` is called only for BCa. */
export function intervalsOf(
  columns: ReplicateColumns,
  { method, confidence }: BootstrapOptions,
  statistics: () => Readonly<Record<AreaName, SampleStatistic>>,
): BootstrapIntervals {
  const replicates = columns.map(usable);
  const known = method === "bca" ? statistics() : null;
  const intervalOf = (area: AreaName): Interval => {
    const ofArea = replicates[AREAS.indexOf(area)]!;
    const found = known === null
      ? percentileInterval(ofArea, confidence)
      : bcaInterval(ofArea, confidence, known[area]);
    return found.undefined === null && found.lower === found.upper ? noInterval(ALL_ALIKE) : found;
  };
  return {
    auroc: intervalOf("auroc"),
    auprc: intervalOf("auprc"),
    averagePrecision: intervalOf("averagePrecision"),
    used: replicates[0]!.values.length,
    discarded: replicates[0]!.discarded,
  };
}

const ALL_ALIKE = "All replicates give the same value: its uncertainty cannot be estimated.";

/** Returns undefined intervals: no replicates were drawn. */
export function noIntervals(reason: string): BootstrapIntervals {
  const none = noInterval(reason);
  return { auroc: none, auprc: none, averagePrecision: none, used: 0, discarded: 0 };
}

type AreaStatistics = Readonly<Record<AreaName, SampleStatistic>>;

function rowStatistics({ counts, positiveScores, stratified }: RowPlan): AreaStatistics {
  const border = stratified ? 2 * positiveScores + 1 : null;
  return statisticsOf(counts, positiveScores, (gradient) => acceleration(gradient, counts, border));
}

function clusterStatistics({ cells, starts, strata, positiveScores }: ClusterPlan): AreaStatistics {
  const counts = new Int32Array(3 * positiveScores + 1);
  for (const cell of cells) counts[cell]! += 1;
  const border = strata.length > 1 ? strata[0]! : null;
  return statisticsOf(counts, positiveScores, (gradient) => {
    const influences = new Float64Array(starts.length - 1);
    for (let cluster = 0; cluster < influences.length; cluster++) {
      for (let at = starts[cluster]!; at < starts[cluster + 1]!; at++) {
        influences[cluster]! += gradient[cells[at]!]!;
      }
    }
    return acceleration(influences, null, border);
  });
}

function statisticsOf(
  counts: Int32Array,
  positiveScores: number,
  accelerationOf: (gradient: Float64Array) => number,
): AreaStatistics {
  const observed = { auroc: 0, auprc: 0, averagePrecision: 0 };
  areasOfCells(counts, positiveScores, observed);
  const gradients = gradientsOfCells(counts, positiveScores);
  const of = (area: AreaName): SampleStatistic => ({
    observed: observed[area],
    acceleration: accelerationOf(gradients[area]),
  });
  return { auroc: of("auroc"), auprc: of("auprc"), averagePrecision: of("averagePrecision") };
}
