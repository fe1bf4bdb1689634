import { BOOTSTRAP_REPLICATES_MAX, BOOTSTRAP_SAMPLES_MIN } from "../../../shared/limits.ts";
import { checkConfidence } from "./estimate.ts";
import { SEED_MAX } from "./random.ts";
import type { BootstrapMethod } from "./replicate_intervals.ts";
import { type ClassCounts, missingClass } from "./sample.ts";

/** Bootstrap options. The same options and sample give bit-identical intervals. */
export interface BootstrapOptions {
  /** From 1 to `BOOTSTRAP_REPLICATES_MAX`. */
  readonly replicates: number;
  /** An integer from 0 to 2^53 − 1. */
  readonly seed: number;
  /** In (0, 1). */
  readonly confidence: number;
  readonly method: BootstrapMethod;
  /** Draw samples within each class, or clusters with and without a positive separately. */
  readonly stratified: boolean;
}

/** Throws a RangeError if replicates, seed or confidence are out of range. */
export function checkBootstrapOptions(options: BootstrapOptions): void {
  checkReplicates(options);
  checkConfidence(options.confidence);
}

/** Throws a RangeError if replicates or seed are out of range. */
export function checkReplicates(
  { replicates, seed }: Pick<BootstrapOptions, "replicates" | "seed">,
): void {
  if (!Number.isInteger(replicates) || replicates < 1 || replicates > BOOTSTRAP_REPLICATES_MAX) {
    throw new RangeError(
      `Cannot resample: replicates is ${replicates}, not an integer from 1 to ` +
        `${BOOTSTRAP_REPLICATES_MAX}`,
    );
  }
  if (!Number.isInteger(seed) || seed < 0 || seed > SEED_MAX) {
    throw new RangeError(`Cannot resample: seed is ${seed}, not an integer from 0 to ${SEED_MAX}`);
  }
}

/** Returns why there are too few samples to bootstrap, or null. */
export function tooLittle(counts: ClassCounts): string | null {
  const samples = counts.positives + counts.negatives;
  if (samples < BOOTSTRAP_SAMPLES_MIN) {
    return `There are ${samples} samples, fewer than the ${BOOTSTRAP_SAMPLES_MIN} that a ` +
      "bootstrap interval needs.";
  }
  return missingClass(counts);
}
