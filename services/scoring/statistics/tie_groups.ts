import type { Scores } from "./sample.ts";

/** Samples grouped by equal score. Groups are numbered from the highest score down, from 0. */
export interface TieGroups {
  /** The distinct scores, descending: one a group. */
  readonly thresholds: Float64Array;
  /** The group of each sample, in the order of the samples. */
  readonly groupOf: Int32Array;
}

/**
 * Sorts once and groups equal scores. Only exactly equal scores are tied: real predictions differ in
 * the last bit, and rounding would invent ties.
 *
 * @param scores finite scores
 */
export function groupTies(scores: Scores): TieGroups {
  // A typed array without a comparator sorts natively, which is many times faster than sorting
  // positions by a comparator; the group of a sample is then found by bisection.
  const ascending = distinct(Float64Array.from(scores).sort());
  const groups = ascending.length;
  const groupOf = new Int32Array(scores.length);
  for (let at = 0; at < scores.length; at++) {
    groupOf[at] = groups - 1 - find(ascending, scores[at]!);
  }
  return { thresholds: ascending.reverse(), groupOf };
}

/** Drops repetitions from a sorted array, in place. 0 and −0 are equal. */
export function distinct(sorted: Float64Array): Float64Array {
  let length = 0;
  for (let at = 0; at < sorted.length; at++) {
    if (length === 0 || sorted[at] !== sorted[length - 1]) sorted[length++] = sorted[at]!;
  }
  return sorted.slice(0, length);
}

/** Position of the first value of an ascending array that is not below another; its length if all are. */
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
