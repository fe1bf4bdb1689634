import {
  coefficientInterval,
  confidenceText,
  probabilityText,
  signedMetricText,
} from "../../../../shared/pages/mod.ts";

export interface TestedDifference {
  /** The first minus the second. */
  readonly difference: number | null;
  readonly ci: readonly [number, number] | null;
  /** Corrected for multiple tests. */
  readonly p: number | null;
  /** Why there is no test. */
  readonly reason: string | null;
}

/** The end of a sentence about a difference; one is better only if the p value corrected for `pairs` says so. */
export function verdictOf(
  { difference, ci, p, reason }: TestedDifference,
  confidence: number,
  [first, second]: readonly [string, string],
  pairs: number,
): string {
  if (difference === null) return `undefined. ${reason ?? ""}`.trim();
  const value = signedMetricText(difference);
  if (ci === null || p === null) return `${value}. ${reason ?? "It cannot be tested."}`;
  const better = difference > 0 ? first : second;
  const end = p >= 1 - confidence
    ? "No significant difference was found."
    : `The difference is significant: ${better} is better.`;
  const [alone, correction] = pairs === 1
    ? ["", ""]
    : [" of this pair alone", ` corrected for ${pairs} pairs`];
  return `${value} (${confidenceText(confidence)} interval${alone} ` +
    `${coefficientInterval(ci, signedMetricText)}, p ${probabilityText(p)}${correction}). ${end}`;
}
