import { type Interval, interval, noInterval } from "./estimate.ts";
import { normalCdf, normalQuantile } from "./normal.ts";

/** Counts of two decisions on the same units; effective sizes need not be whole numbers. */
export interface PairedCounts {
  readonly both: number;
  readonly firstOnly: number;
  readonly secondOnly: number;
  readonly neither: number;
}

const NOTHING = "The denominator of the share is 0.";
/** Bisection steps on [-1, 1] until limits are exact to the last digit. */
const HALVINGS = 60;

/**
 * Tango's score statistic of the hypothesis that the first share exceeds the second by `difference`
 * (Tango 1998, Stat Med 17:891).
 * @param counts of the pairs; effective sizes for clustered or weighted units
 * @param difference in (-1, 1)
 * @returns standard normal under the hypothesis; 0 if the data agree with it exactly
 */
export function tangoZ(counts: PairedCounts, difference: number): number {
  const { firstOnly: b, secondOnly: c } = counts;
  const n = counts.both + b + c + counts.neither;
  const linear = -b - c + (2 * n - b + c) * difference;
  const root = Math.sqrt(
    Math.max(0, linear ** 2 + 8 * n * c * difference * (1 - difference)),
  );
  const q = (root - linear) / (4 * n);
  const variance = n * (2 * q + difference * (1 - difference));
  const above = b - c - n * difference;
  if (Math.abs(above) < 1e-12 * n) return 0;
  return variance > 0 ? above / Math.sqrt(variance) : Math.sign(above) * Infinity;
}

/**
 * Interval of the difference of two paired shares: all differences that Tango's score test does not
 * reject. It has a positive width even if the decisions never differ.
 */
export function tango(counts: PairedCounts, confidence = 0.95): Interval {
  const n = counts.both + counts.firstOnly + counts.secondOnly + counts.neither;
  if (!(n > 0)) return noInterval(NOTHING);
  const z = normalQuantile((1 + confidence) / 2);
  const estimate = (counts.firstOnly - counts.secondOnly) / n;
  const limit = (sign: 1 | -1): number => {
    // The statistic falls as the difference grows.
    let [inside, outside] = [estimate, -sign];
    if (!(sign * tangoZ(counts, outside) > z)) return outside;
    for (let step = 0; step < HALVINGS; step++) {
      const middle = (inside + outside) / 2;
      if (sign * tangoZ(counts, middle) > z) outside = middle;
      else inside = middle;
    }
    return inside;
  };
  return interval(limit(1), limit(-1));
}

/**
 * Non-inferiority of the first share by Tango's score: rejects that it is lower than the second by
 * the margin or more.
 * @param margin in (0, 1)
 * @returns z and one-sided p
 */
export function pairedNonInferiority(
  counts: PairedCounts,
  margin: number,
): { readonly z: number; readonly p: number } {
  const z = tangoZ(counts, -margin);
  return { z, p: normalCdf(-z) };
}

/** Two-sided p value of a standard normal deviate. */
export function twoSided(z: number): number {
  return Math.min(1, 2 * normalCdf(-Math.abs(z)));
}
