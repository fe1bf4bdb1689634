/** A number with its interval, as score reports have them. */
export interface ChartEstimate {
  /** The value; null where it is undefined. */
  readonly value: number | null;
  /** Lower and upper end; null where there is none. */
  readonly ci: readonly [low: number, high: number] | null;
  /** Confidence of the interval, between 0 and 1, such as 0.95. */
  readonly confidence: number;
  /** What was resampled for the interval; not said unless told. */
  readonly by?: "exam" | "woman" | "row";
  /** Why value or interval are missing; null or left out where nobody said. */
  readonly undefined?: string | null;
}

/**
 * Writes an estimate for a legend: `AUROC 0.867 (95 % CI 0.500–1.000)`. What is missing is said in
 * words.
 */
export function estimateText(name: string, estimate: ChartEstimate): string {
  const { value, ci, confidence, by, undefined: reason } = estimate;
  if (value === null) return `${name} undefined${reason ? `: ${reason}` : ""}`;
  if (ci === null) return `${name} ${value.toFixed(3)} (no interval${reason ? `: ${reason}` : ""})`;
  const percent = String(Number((confidence * 100).toFixed(6)));
  const kind = by === undefined ? "CI" : `CI by ${by}`;
  return `${name} ${value.toFixed(3)} (${percent} % ${kind} ${ci[0].toFixed(3)}–${
    ci[1].toFixed(3)
  })`;
}
