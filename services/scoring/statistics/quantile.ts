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

/**
 * {@linkcode quantile} of values in any order, in linear time instead of that of sorting (quickselect, Hoare 1961,
 * doi:10.1145/366622.366647).
 * @param values at least one finite value; are reordered
 */
export function quantileOfUnsorted(values: Float64Array, probability: number): number {
  const below = Math.floor((values.length - 1) * probability);
  if (below >= 0 && below < values.length) moveToRank(values, below);
  // What follows is no smaller, so the next value in order is the smallest of it.
  let next = Infinity;
  for (let at = below + 1; at < values.length; at++) next = Math.min(next, values[at]!);
  if (below + 1 < values.length) {
    const at = values.indexOf(next, below + 1);
    [values[at], values[below + 1]] = [values[below + 1]!, next];
  }
  return quantile(values, probability);
}

/** Reorders values so that the one at `rank` is where sorting would put it, with none larger before it. */
function moveToRank(values: Float64Array, rank: number): void {
  let first = 0;
  let last = values.length - 1;
  while (first < last) {
    const pivot = values[(first + last) >>> 1]!;
    let [from, to] = [first, last];
    while (from <= to) {
      while (values[from]! < pivot) from++;
      while (values[to]! > pivot) to--;
      if (from > to) break;
      [values[from], values[to]] = [values[to]!, values[from]!];
      from++;
      to--;
    }
    if (rank <= to) last = to;
    else if (rank >= from) first = from;
    else return;
  }
}
