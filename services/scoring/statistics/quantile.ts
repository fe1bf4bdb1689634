/**
 * Quantile of type R-7: linear between order statistics, with the smallest at 0 and the largest at
 * 1 (Hyndman and Fan 1996, doi:10.1080/00031305.1996.10473566; the default of R and NumPy).
 * @param ascending at least one finite value, sorted
 * @throws {RangeError} if there are no values or the probability is outside [0, 1]
 */
export function quantile(ascending: Float64Array | readonly number[], probability: number): number {
  if (ascending.length === 0) throw new RangeError("Cannot take a quantile: there are no values");
  if (!(probability >= 0 && probability <= 1)) {
    throw new RangeError(
      `Cannot take a quantile: the probability is ${probability}, not in [0, 1]`,
    );
  }
  const position = (ascending.length - 1) * probability;
  const below = Math.floor(position);
  const low = ascending[below]!;
  const high = ascending[Math.min(below + 1, ascending.length - 1)]!;
  return low + (position - below) * (high - low);
}
