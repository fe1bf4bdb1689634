import { type Areas, areasOfCells } from "./areas.ts";
import type { Random } from "./random.ts";
import { resampler, type ResamplingPlan } from "./resampling.ts";

export interface ReplicatedStatistics {
  readonly columns: number;
  /** Draws one replicate and writes its statistics, NaN if undefined. */
  readonly replicate: (random: Random, into: Float64Array) => void;
}

/** AUROC, AUPRC and average precision of one resampled sample: three columns, in this order. */
export function areaStatistics(plan: ResamplingPlan): ReplicatedStatistics {
  const { positiveScores } = plan;
  const draw = resampler(plan);
  const weights = new Int32Array(3 * positiveScores + 2);
  const areas: Areas = { auroc: 0, auprc: 0, averagePrecision: 0 };
  return {
    columns: 3,
    replicate(random, into): void {
      draw(random, weights);
      areasOfCells(weights, positiveScores, areas);
      // Without positives or without negatives the AUROC is 0 / 0.
      const usable = !Number.isNaN(areas.auroc);
      into[0] = areas.auroc;
      into[1] = usable ? areas.auprc : NaN;
      into[2] = usable ? areas.averagePrecision : NaN;
    },
  };
}
