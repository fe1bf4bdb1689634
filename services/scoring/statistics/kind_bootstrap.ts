import type { BootstrapOptions } from "./bootstrap_options.ts";
import { type ClusterKind, holdsPositive } from "./cluster_kinds.ts";
import { type Interval, noInterval } from "./estimate.ts";
import { multinomial } from "./multinomial.ts";
import { stream } from "./random.ts";
import { acceleration, bcaInterval, percentileInterval, usable } from "./replicate_intervals.ts";

/** Statistics of how many clusters of each kind there are; NaN where one is undefined. */
export type KindStatistics = (weights: Int32Array | Float64Array) => readonly number[];

/** Step of the derivatives, in clusters; the statistics are smooth ratios. */
const STEP = 2 ** -10;

/**
 * Bootstrap by cluster of whatever follows from the numbers of clusters of each kind: these numbers
 * are multinomial, so that a replicate takes a few draws however many clusters there are.
 *
 * @param kinds that occur, two clusters at least in all, those that hold a positive first
 * @param options replicates, seed, confidence, method, strata
 * @param statistics what to compute
 * @returns an interval for each statistic; undefined where fewer than half of the replicates have it
 */
export function bootstrapKinds(
  kinds: readonly ClusterKind[],
  options: BootstrapOptions,
  statistics: KindStatistics,
): Interval[] {
  const { replicates, seed, confidence, method, stratified } = options;
  const held = Int32Array.from(kinds, ({ clusters }) => clusters);
  const border = stratified ? kinds.filter(holdsPositive).length : 0;
  const strata = [held.subarray(0, border), held.subarray(border)].filter(({ length }) =>
    length > 0
  );
  const observed = statistics(held);
  const columns = observed.map(() => new Float64Array(replicates));
  const drawn = new Int32Array(held.length);
  for (let replicate = 0; replicate < replicates; replicate++) {
    drawStrata(seed, replicate, strata, drawn);
    const values = statistics(drawn);
    for (let at = 0; at < values.length; at++) columns[at]![replicate] = values[at]!;
  }
  const derivatives = method === "bca" ? derive(held, statistics) : null;
  return columns.map((column, at) => {
    if (Number.isNaN(observed[at])) return noInterval("The sample itself has no value.");
    const ofStatistic = usable(column);
    if (derivatives === null) return percentileInterval(ofStatistic, confidence);
    const influences = Float64Array.from(derivatives, (derivative) => derivative[at]!);
    return bcaInterval(ofStatistic, confidence, {
      observed: observed[at]!,
      acceleration: acceleration(influences, held, border === 0 ? null : border),
    });
  });
}

function drawStrata(
  seed: number,
  replicate: number,
  strata: readonly Int32Array[],
  drawn: Int32Array,
): void {
  const random = stream(seed, replicate);
  drawn.fill(0);
  let from = 0;
  for (const counts of strata) {
    const clusters = counts.reduce((sum, count) => sum + count, 0);
    multinomial(random, clusters, counts, clusters, drawn.subarray(from));
    from += counts.length;
  }
}

/** Derivatives of every statistic by the number of clusters of each kind, by central differences. */
function derive(held: Int32Array, statistics: KindStatistics): number[][] {
  return Array.from(held, (_, kind) => {
    const shifted = Float64Array.from(held);
    shifted[kind]! += STEP;
    const above = statistics(shifted);
    shifted[kind]! -= 2 * STEP;
    const below = statistics(shifted);
    return above.map((value, at) => (value - below[at]!) / (2 * STEP));
  });
}
