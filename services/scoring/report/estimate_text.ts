/** A number with its interval, as in score reports. */
export interface ChartEstimate {
  readonly value: number | null;
  /** Lower and upper end; null if there is no interval. */
  readonly ci: readonly [low: number, high: number] | null;
  /** Confidence of the interval, such as 0.95. */
  readonly confidence: number;
  /** What the interval resamples; omitted by default. */
  readonly by?: "exam" | "woman" | "row";
  /** Why value or interval are missing; null or omitted if unknown. */
  readonly undefined?: string | null;
}

/** Formats an estimate for a legend, such as `AUROC 0.867 (95 % CI 0.500–1.000)`. */
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
