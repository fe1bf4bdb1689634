import { type Areas, areasOfCells } from "./areas.ts";
import { stream } from "./random.ts";
import { resampler, type ResamplingPlan } from "./resampling.ts";

/** The areas of the replicates that could be used, in the order of their numbers. */
export interface Replicates {
  readonly auroc: Float64Array;
  readonly auprc: Float64Array;
  readonly averagePrecision: Float64Array;
  /** How many replicates drew one class only and have no areas. */
  readonly discarded: number;
}

/**
 * Computes the replicates numbered `from` to `to` − 1. Each follows from seed and number alone.
 *
 * @param plan what to draw from; it holds at least one sample of each class
 * @param seed an integer from 0 to 2^53 − 1
 * @param from first number
 * @param to number after the last
 * @returns their areas
 */
export function runReplicates(
  plan: ResamplingPlan,
  seed: number,
  from: number,
  to: number,
): Replicates {
  const { positiveScores } = plan;
  const draw = resampler(plan);
  const weights = new Int32Array(3 * positiveScores + 1);
  const areas: Areas = { auroc: 0, auprc: 0, averagePrecision: 0 };
  const auroc = new Float64Array(to - from);
  const auprc = new Float64Array(to - from);
  const averagePrecision = new Float64Array(to - from);
  let used = 0;
  for (let replicate = from; replicate < to; replicate++) {
    draw(stream(seed, replicate), weights);
    areasOfCells(weights, positiveScores, areas);
    // Without positives or without negatives the area divides 0 by 0.
    if (Number.isNaN(areas.auroc)) continue;
    auroc[used] = areas.auroc;
    auprc[used] = areas.auprc;
    averagePrecision[used] = areas.averagePrecision;
    used++;
  }
  return {
    auroc: auroc.subarray(0, used),
    auprc: auprc.subarray(0, used),
    averagePrecision: averagePrecision.subarray(0, used),
    discarded: to - from - used,
  };
}
