import type {
  BootstrapRequest,
  OperatingPointRequest,
} from "../../../shared/contracts/scoring_options.ts";
import type {
  ChosenThreshold,
  ChosenThresholdReport,
} from "../../../shared/contracts/thresholds.ts";
import type { Sample } from "../../../shared/domain/mod.ts";
import { BOOTSTRAP_REPLICATES_DEFAULT } from "../../../shared/limits.ts";
import type { BootstrapOptions } from "../statistics/mod.ts";
import type { NamedExam } from "../../../shared/subgroups/mod.ts";

/** Exams by position in the data list, all with a weight. */
export type WeightedExams = ReadonlyMap<number, NamedExam>;

export interface MeasureOptions {
  /** Bootstrap options; null for intervals without resampling only. */
  readonly bootstrap: BootstrapOptions | null;
  readonly operatingPoints: readonly OperatingPointRequest[];
  /** Prevalence to re-weight predictive values and rates to; null for none. */
  readonly prevalence: number | null;
  /** The exams, if they have weights: weighted measures are added. */
  readonly exams?: WeightedExams | null;
  /** What the operating points with a target became; subgroups use the thresholds of the whole. */
  readonly tuned?: readonly TunedPoint[];
}

/** Thresholds of the samples of one level, chosen on other women. */
export interface TunedPoint {
  readonly choice: ChosenThreshold;
  /** Whether the weights of the exams counted in the choice. */
  readonly weighted: boolean;
  /** Threshold of each sample; NaN if it was chosen on the sample. */
  readonly limits: ReadonlyMap<Sample, number>;
  readonly chosen: readonly ChosenThresholdReport[];
  /** Why nothing could be chosen; null if it was. */
  readonly undefined: string | null;
}

export function measureOptions(request: {
  readonly bootstrap: BootstrapRequest;
  readonly operating_points: readonly OperatingPointRequest[];
  readonly prevalence: number | null;
}): MeasureOptions {
  return {
    bootstrap: bootstrapOptions(request.bootstrap),
    operatingPoints: request.operating_points,
    prevalence: request.prevalence,
  };
}

/** `false` gives null, `true` the defaults (2,000 replicates, seed 1, 95 %). */
export function bootstrapOptions(asked: BootstrapRequest): BootstrapOptions | null {
  if (asked === false) return null;
  if (asked !== true) return asked;
  const replicates = BOOTSTRAP_REPLICATES_DEFAULT;
  return { replicates, seed: 1, confidence: 0.95, method: "bca", stratified: false };
}
