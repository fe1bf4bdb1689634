import { type Interval, interval, noInterval } from "./estimate.ts";
import { normalCdf, normalQuantile } from "./normal.ts";
import { wilson } from "./proportion.ts";

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
 * Two-sided p of McNemar's test (1947), without and with continuity correction, of the exact binomial test, and its
 * mid-p value (Fagerland, Lydersen and Laake 2013); 1 if the decisions never differ.
 */
export function mcnemar({ firstOnly, secondOnly }: PairedCounts): {
  readonly chi2: number;
  readonly p: number;
  readonly chi2Corrected: number;
  readonly pCorrected: number;
  readonly exactP: number;
  readonly midP: number;
} {
  const n = firstOnly + secondOnly;
  if (n === 0) return { chi2: 0, p: 1, chi2Corrected: 0, pCorrected: 1, exactP: 1, midP: 1 };
  const apart = Math.abs(firstOnly - secondOnly);
  const [chi2, chi2Corrected] = [apart ** 2 / n, Math.max(0, apart - 1) ** 2 / n];
  let mass = 0.5 ** n;
  let below = 0;
  const least = Math.min(firstOnly, secondOnly);
  // Above n of about 1,000 the probability of 0 underflows, so logarithms are used.
  const logs = mass < 1e-290;
  let log = n * Math.log(0.5);
  for (let k = 0; k <= least; k++) {
    if (k > 0) {
      mass *= (n - k + 1) / k;
      log += Math.log((n - k + 1) / k);
    }
    below += logs ? Math.exp(log) : mass;
  }
  const last = logs ? Math.exp(log) : mass;
  return {
    chi2,
    p: twoSided(Math.sqrt(chi2)),
    chi2Corrected,
    pCorrected: twoSided(Math.sqrt(chi2Corrected)),
    exactP: Math.min(1, 2 * below),
    midP: Math.min(1, 2 * below - last),
  };
}

/**
 * Interval of the difference of two paired shares by method 10 of Newcombe (1998, Stat Med
 * 17:2635): Wilson limits of each, combined with the continuity-corrected correlation.
 */
export function newcombe(counts: PairedCounts, confidence = 0.95, corrected = true): Interval {
  const { both: a, firstOnly: b, secondOnly: c, neither: d } = counts;
  const of = a + b + c + d;
  const first = wilson({ count: a + b, of }, confidence);
  const second = wilson({ count: a + c, of }, confidence);
  if (first.undefined !== null || second.undefined !== null) return noInterval(NOTHING);
  const product = Math.sqrt((a + b) * (c + d) * (a + c) * (b + d));
  const cross = a * d - b * c;
  const phi = product === 0
    ? 0
    : (corrected && cross > 0 ? Math.max(cross - of / 2, 0) : cross) / product;
  const [p1, p2] = [(a + b) / of, (a + c) / of];
  const reach = (x: number, y: number): number =>
    Math.sqrt(Math.max(0, x * x - 2 * phi * x * y + y * y));
  const difference = (b - c) / of;
  return interval(
    difference - reach(p1 - first.lower, second.upper - p2),
    difference + reach(first.upper - p1, p2 - second.lower),
  );
}

/** Wald's standard error and interval of the difference of two paired shares; null without pairs. */
export function waldPaired(
  { both, firstOnly: b, secondOnly: c, neither }: PairedCounts,
  confidence = 0.95,
): { readonly se: number; readonly ci: Interval } | null {
  const n = both + b + c + neither;
  if (n === 0) return null;
  const difference = (b - c) / n;
  const se = Math.sqrt(b + c - (b - c) ** 2 / n) / n;
  const reach = normalQuantile((1 + confidence) / 2) * se;
  return { se, ci: interval(difference - reach, difference + reach) };
}

/** Wald's interval after adding one to each discordant cell (Bonett and Price 2012). */
export function bonettPrice(counts: PairedCounts, confidence = 0.95): Interval {
  const n = counts.both + counts.firstOnly + counts.secondOnly + counts.neither;
  if (n === 0) return noInterval(NOTHING);
  const [b, c] = [(counts.firstOnly + 1) / (n + 2), (counts.secondOnly + 1) / (n + 2)];
  const reach = normalQuantile((1 + confidence) / 2) *
    Math.sqrt((b + c - (b - c) ** 2) / (n + 2));
  return interval(b - c - reach, b - c + reach);
}

/**
 * Tango's score statistic of the hypothesis that the first share exceeds the second by `difference` in (-1, 1) (Tango
 * 1998, Stat Med 17:891): standard normal under it, 0 if the data agree exactly. Counts may be effective sizes.
 */
export function tangoZ(counts: PairedCounts, difference: number): number {
  const { firstOnly: b, secondOnly: c } = counts;
  const n = counts.both + b + c + counts.neither;
  const linear = -b - c + (2 * n - b + c) * difference;
  const root = Math.sqrt(Math.max(0, linear ** 2 + 8 * n * c * difference * (1 - difference)));
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

/** Rejects, by Tango's score, that the first share is lower by the margin or more: z and one-sided p. */
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
