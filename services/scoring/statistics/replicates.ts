import { type PairedPlan, pairedStatistics } from "./paired_replicates.ts";
import { stream } from "./random.ts";
import { areaStatistics, type ReplicatedStatistics } from "./replicated_statistics.ts";
import { type ResamplingPlan, rowDraws } from "./resampling.ts";

/** What to compute in every replicate, as plain arrays that can be sent to a worker. */
export type ReplicatePlan = ResamplingPlan | PairedPlan;

/** A column per statistic, a value per replicate; NaN if it drew only one class. */
export type ReplicateColumns = readonly Float64Array[];

/** Computes replicates, here or in workers. The values do not depend on where or in which order. */
export type RunReplicates = (
  plan: ReplicatePlan,
  seed: number,
  replicates: number,
) => ReplicateColumns | Promise<ReplicateColumns>;

/** Computes the replicates numbered `from` to `to` − 1. Each depends only on seed and number. */
export function replicateRange(
  plan: ReplicatePlan,
  seed: number,
  from: number,
  to: number,
): ReplicateColumns {
  const { columns, replicate } = statisticsOf(plan);
  const values = Array.from({ length: columns }, () => new Float64Array(to - from));
  const into = new Float64Array(columns);
  for (let number = from; number < to; number++) {
    replicate(stream(seed, number), into);
    for (let column = 0; column < columns; column++) values[column]![number - from] = into[column]!;
  }
  return values;
}

/** Computes all replicates in the caller's thread. */
export function runReplicatesHere(
  plan: ReplicatePlan,
  seed: number,
  replicates: number,
): ReplicateColumns {
  return replicateRange(plan, seed, 0, replicates);
}

/** Returns the approximate number of draws per replicate, each a few nanoseconds. */
export function replicateCost(plan: ReplicatePlan): number {
  switch (plan.kind) {
    case "row":
      return rowDraws(plan);
    case "cluster":
      return plan.cells.length;
    case "paired":
      return 2 * plan.a.cells.length;
  }
}

function statisticsOf(plan: ReplicatePlan): ReplicatedStatistics {
  switch (plan.kind) {
    case "row":
    case "cluster":
      return areaStatistics(plan);
    case "paired":
      return pairedStatistics(plan);
  }
}
