/**
 * Holm's correction for multiple tests (Holm 1979, Scandinavian Journal of Statistics 6:65–70): the smallest of m is
 * multiplied by m, the next by m − 1, and so on; none is below its predecessor or above 1. The chance of any false
 * positive stays below the level, whatever the dependence. null marks a test without p-value, which does not count.
 * @throws {RangeError} if a p-value is not in [0, 1]
 */
export function holm(pValues: readonly (number | null)[]): (number | null)[] {
  for (const p of pValues) {
    if (p !== null && !(p >= 0 && p <= 1)) {
      throw new RangeError(`Cannot correct p-values: ${p} is not in [0, 1]`);
    }
  }
  const ascending = pValues.flatMap((p, at) => p === null ? [] : [{ p, at }])
    .sort((one, other) => one.p - other.p);
  const adjusted: (number | null)[] = pValues.map(() => null);
  let largest = 0;
  ascending.forEach(({ p, at }, before) => {
    largest = Math.max(largest, Math.min(1, (ascending.length - before) * p));
    adjusted[at] = largest;
  });
  return adjusted;
}
