import { CLUSTERS_OF_CLASS_MIN } from "../../../shared/limits.ts";
import { countInBlocks } from "./blocks.ts";
import type { BootstrapOptions } from "./bootstrap_options.ts";
import { groupClusters, orderByCluster } from "./clusters.ts";
import { type Interval, noInterval } from "./estimate.ts";
import { multinomial } from "./multinomial.ts";
import { type Random, stream } from "./random.ts";
import { percentileInterval, usable } from "./replicate_intervals.ts";
import type { ClusteredSample } from "./sample.ts";
import { cellKinds, thresholdCells } from "./threshold_cells.ts";
import type { CellKind, ThresholdCells } from "./threshold_cells.ts";
import type { ChosenShare } from "./threshold_choice.ts";
import type { ClusterSums } from "./threshold_metrics.ts";

/** Drawing the count of a kind takes about as long as drawing this many clusters one by one. */
const BINOMIAL_COST = 40;

/**
 * Bootstraps metrics at a threshold that each replicate chooses again (pROC's `ci.sp` and `ci.se`, with thresholds at
 * observed scores). Percentile intervals: BCa needs derivatives, which a share at a chosen threshold lacks.
 * @param statistics metrics of the sums over clusters; NaN if undefined
 * @returns an interval per statistic; undefined with fewer than `CLUSTERS_OF_CLASS_MIN` clusters with or without a
 * positive, if fewer than half of the replicates have a value, or if both limits are equal (it would feign certainty)
 */
export function bootstrapChosen(
  sample: ClusteredSample,
  choice: ChosenShare,
  options: BootstrapOptions,
  statistics: (sums: ClusterSums) => readonly number[],
): Interval[] {
  const { order, starts, strata } = orderByCluster(
    groupClusters(sample.clusters, sample.scores.length),
    sample.labels,
  );
  const cells = thresholdCells(sample, choice);
  const kinds = cellKinds(sample, { order, starts }, cells);
  const scan = scanner(kinds.kinds, cells, choice);
  const observed = statistics(scan(Int32Array.from(kinds.kinds, ({ clusters }) => clusters)));
  const withPositive = strata.length === 2 ? strata[0]! : 0;
  if (
    withPositive < CLUSTERS_OF_CLASS_MIN ||
    starts.length - 1 - withPositive < CLUSTERS_OF_CLASS_MIN
  ) {
    const reason = `Choosing the threshold again needs at least ${CLUSTERS_OF_CLASS_MIN} ` +
      "clusters of each class.";
    return observed.map(() => noInterval(reason));
  }
  const draw = drawer(kinds.kindOf, kinds.kinds, options.stratified);
  const drawn = new Int32Array(kinds.kinds.length);
  const columns = observed.map(() => new Float64Array(options.replicates));
  for (let replicate = 0; replicate < options.replicates; replicate++) {
    draw(stream(options.seed, replicate), drawn.fill(0));
    const values = statistics(scan(drawn));
    for (let at = 0; at < values.length; at++) columns[at]![replicate] = values[at]!;
  }
  return columns.map((column) => {
    const found = percentileInterval(usable(column), options.confidence);
    return found.undefined === null && found.lower === found.upper
      ? noInterval(
        "Nearly all replicates have the same share: its uncertainty cannot be estimated.",
      )
      : found;
  });
}

/** Returns a function that draws clusters with replacement and counts them by kind. */
function drawer(
  kindOf: Int32Array,
  kinds: readonly CellKind[],
  stratified: boolean,
): (random: Random, drawn: Int32Array) => void {
  const counts = Int32Array.from(kinds, ({ clusters }) => clusters);
  const kindsWith = kinds.filter(({ positives }) => positives > 0).length;
  const clustersWith = counts.subarray(0, kindsWith).reduce((sum, count) => sum + count, 0);
  if (kinds.length * BINOMIAL_COST > kindOf.length) {
    const draw = countInBlocks(stratified ? [clustersWith, kindOf.length] : [kindOf.length]);
    return (random, drawn) =>
      draw(random, (from, counts) => {
        for (let at = 0; at < counts.length; at++) drawn[kindOf[from + at]!]! += counts[at]!;
      });
  }
  const border = stratified ? kindsWith : 0;
  const parts = [[0, border], [border, counts.length]] as const;
  return (random, drawn) => {
    for (const [from, to] of parts) {
      const held = counts.subarray(from, to).reduce((sum, count) => sum + count, 0);
      multinomial(random, held, counts.subarray(from, to), held, drawn.subarray(from, to));
    }
  };
}

/** What an event adds to: the order of a scan's sums. */
const SUMS = ["tp", "fpWith", "fpWithout", "calledWith", "calledWithout", "found"] as const;

/** Returns a function that scans down from the highest score to the chosen threshold. */
function scanner(
  kinds: readonly CellKind[],
  { cells }: ThresholdCells,
  choice: ChosenShare,
): (weights: Int32Array) => ClusterSums {
  const events = layOutEvents(kinds, cells);
  const sums = new Float64Array(SUMS.length);
  const before = new Float64Array(SUMS.length);
  return (weights) => {
    const totals = totalOf(kinds, weights);
    sums.fill(0);
    for (let cell = 0; cell < cells; cell++) {
      before.set(sums);
      for (let at = events.starts[cell]!; at < events.starts[cell + 1]!; at++) {
        sums[events.sum[at]!]! += weights[events.kind[at]!]!;
      }
      const called = sums[0]! + sums[1]! + sums[2]!;
      if ("sensitivity" in choice) {
        if (called > 0 && sums[0]! / totals.positives >= choice.sensitivity) break;
      } else {
        const right = totals.negatives - sums[1]! - sums[2]!;
        if (right / totals.negatives < choice.specificity) {
          sums.set(before);
          break;
        }
      }
    }
    return clusterSums(sums, totals);
  };
}

interface Totals {
  clustersWith: number;
  clustersWithout: number;
  positives: number;
  negatives: number;
  negativesWith: number;
}

function totalOf(kinds: readonly CellKind[], weights: Int32Array): Totals {
  const totals = {
    clustersWith: 0,
    clustersWithout: 0,
    positives: 0,
    negatives: 0,
    negativesWith: 0,
  };
  for (let at = 0; at < kinds.length; at++) {
    const weight = weights[at]!;
    if (weight === 0) continue;
    const { positives, negatives, units, unitsWith, negativesWith } = kinds[at]!;
    totals.positives += weight * positives;
    totals.negatives += weight * negatives;
    totals.clustersWith += weight * unitsWith;
    totals.negativesWith += weight * negativesWith;
    totals.clustersWithout += weight * (units.length - unitsWith);
  }
  return totals;
}

function clusterSums(sums: Float64Array, totals: Totals): ClusterSums {
  const [
    truePositives,
    falsePositivesWith,
    falsePositivesWithout,
    calledWith,
    calledWithout,
    found,
  ] = sums as unknown as [number, number, number, number, number, number];
  return {
    clustersWith: totals.clustersWith,
    calledWith,
    found,
    truePositives,
    falseNegatives: totals.positives - truePositives,
    falsePositivesWith,
    trueNegativesWith: totals.negativesWith - falsePositivesWith,
    clustersWithout: totals.clustersWithout,
    calledWithout,
    falsePositivesWithout,
    trueNegativesWithout: totals.negatives - totals.negativesWith - falsePositivesWithout,
  };
}

/** The samples called in each cell, cell by cell. */
interface Events {
  readonly starts: Int32Array;
  /** The kind of cluster that the event belongs to. */
  readonly kind: Int32Array;
  /** Index in {@linkcode SUMS}. */
  readonly sum: Uint8Array;
}

function layOutEvents(kinds: readonly CellKind[], cells: number): Events {
  const all: { cell: number; kind: number; sum: (typeof SUMS)[number] }[] = [];
  for (const [kind, { units }] of kinds.entries()) {
    for (const { members, positives } of units) {
      const holds = positives > 0;
      const first = members[0];
      const firstPositive = members.find(({ label }) => label === 1);
      for (const { cell, label } of members) {
        all.push({ cell, kind, sum: label === 1 ? "tp" : holds ? "fpWith" : "fpWithout" });
      }
      if (first) all.push({ cell: first.cell, kind, sum: holds ? "calledWith" : "calledWithout" });
      if (firstPositive) all.push({ cell: firstPositive.cell, kind, sum: "found" });
    }
  }
  all.sort((a, b) => a.cell - b.cell);
  const starts = new Int32Array(cells + 1);
  for (const { cell } of all) starts[cell + 1]! += 1;
  for (let cell = 0; cell < cells; cell++) starts[cell + 1]! += starts[cell]!;
  return {
    starts,
    kind: Int32Array.from(all, ({ kind }) => kind),
    sum: Uint8Array.from(all, ({ sum }) => SUMS.indexOf(sum)),
  };
}
