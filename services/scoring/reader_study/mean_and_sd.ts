/** Mean and sample standard deviation over readers; null if a value is missing or there are too few. */
export function meanAndSd(
  values: readonly (number | null)[],
): { mean: number | null; sd: number | null } {
  const known = values.filter((value) => value !== null);
  if (known.length < values.length || known.length === 0) return { mean: null, sd: null };
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  if (known.length === 1) return { mean, sd: null };
  const squares = known.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, sd: Math.sqrt(squares / (known.length - 1)) };
}
