import type { AurocComparison } from "./delong.ts";
import { checkConfidence, defined, type Estimate, undefinedBecause } from "./estimate.ts";
import { normalCdf, normalQuantile } from "./normal.ts";

/** Whether A is worse than B by less than a margin. */
export interface NonInferiority {
  /** Largest acceptable AUROC deficit of A. */
  readonly margin: number;
  /** Difference plus margin, over the standard error. */
  readonly z: Estimate;
  /** One-sided: small if A is not worse than B by the margin or more. */
  readonly p: Estimate;
  /** Lower limit of the two-sided interval of the difference, not clipped. */
  readonly lower: Estimate;
  /** Whether `lower` is above −margin; null if undefined. */
  readonly nonInferior: boolean | null;
}

/**
 * Rejects that A's AUROC is lower than B's by the margin or more, which is to be fixed before seeing the data. One-sided
 * at (1 − confidence) / 2, so it agrees with the two-sided interval (ICH E9, section 3.3.2).
 * @returns the test; undefined if the variance of the difference is undefined or 0
 * @throws {RangeError} if margin or confidence are not in (0, 1)
 */
export function nonInferiority(
  { difference, variance }: Pick<AurocComparison, "difference" | "variance">,
  margin: number,
  confidence = 0.95,
): NonInferiority {
  checkConfidence(confidence);
  if (!(margin > 0 && margin < 1)) {
    throw new RangeError(`Cannot test non-inferiority: margin is ${margin}, not between 0 and 1`);
  }
  const reason = difference.undefined ?? variance.undefined ??
    (variance.value! > 0 ? null : "The difference does not vary.");
  if (reason !== null) {
    const none = undefinedBecause(reason);
    return { margin, z: none, p: none, lower: none, nonInferior: null };
  }
  const error = Math.sqrt(variance.value!);
  const z = (difference.value! + margin) / error;
  const lower = difference.value! - normalQuantile((1 + confidence) / 2) * error;
  return {
    margin,
    z: defined(z),
    p: defined(normalCdf(-z)),
    lower: defined(lower),
    nonInferior: lower > -margin,
  };
}
