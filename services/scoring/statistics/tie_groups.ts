import type { Scores } from "./sample.ts";

/** Samples grouped by equal score. Groups are numbered from 0, from the highest score down. */
export interface TieGroups {
  /** The distinct scores, descending: one per group. */
  readonly thresholds: Float64Array;
  /** The group of each sample, in sample order. */
  readonly groupOf: Int32Array;
}

/** Groups exactly equal scores: rounding would create ties. */
export function groupTies(scores: Scores): TieGroups {
  // Sorting a typed array without a comparator is native, many times faster than sorting indices by
  // comparator; bisection then finds each sample's group.
  const ascending = distinct(Float64Array.from(scores).sort());
  const groups = ascending.length;
  const groupOf = new Int32Array(scores.length);
  for (let at = 0; at < scores.length; at++) {
    groupOf[at] = groups - 1 - find(ascending, scores[at]!);
  }
  return { thresholds: ascending.reverse(), groupOf };
}

/** Removes duplicates from a sorted array, in place. 0 and −0 are equal. */
export function distinct(sorted: Float64Array): Float64Array {
  let length = 0;
  for (let at = 0; at < sorted.length; at++) {
    if (length === 0 || sorted[at] !== sorted[length - 1]) sorted[length++] = sorted[at]!;
  }
  return sorted.slice(0, length);
}

/** Index of the first value of an ascending array at or above `value`; its length if none. */
export function find(ascending: Float64Array, value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
