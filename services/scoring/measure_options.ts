import type {
  BootstrapRequest,
  OperatingPointRequest,
} from "../../shared/contracts/scoring_options.ts";
import { BOOTSTRAP_REPLICATES_DEFAULT } from "../../shared/limits.ts";
import type { BootstrapOptions } from "./statistics/mod.ts";

/** How a level is measured. */
export interface MeasureOptions {
  /** How to resample; null for intervals that need no resampling only. */
  readonly bootstrap: BootstrapOptions | null;
  readonly operatingPoints: readonly OperatingPointRequest[];
  /** Share of exams with cancer to which predictive values and rates are re-weighted; null for none. */
  readonly prevalence: number | null;
}

/**
 * Reads what a request says of how to measure.
 *
 * @param request its fields; `bootstrap` is `false` for none, `true` for the defaults
 */
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

/**
 * @param asked `false` for none, `true` for the defaults (2,000 replicates, seed 1, 95 %), or all of it
 * @returns how to resample, or null for not at all
 */
export function bootstrapOptions(asked: BootstrapRequest): BootstrapOptions | null {
  if (asked === false) return null;
  if (asked !== true) return asked;
  const replicates = BOOTSTRAP_REPLICATES_DEFAULT;
  return { replicates, seed: 1, confidence: 0.95, method: "bca", stratified: false };
}
