import type { Cells } from "./areas.ts";
import type { Labels, Scores } from "./sample.ts";
import { groupTies } from "./tie_groups.ts";

/**
 * Sorts once and finds the cell of each sample, see {@linkcode Cells}.
 *
 * @param scores finite scores
 * @param labels their labels, of the same length
 */
export function layOutCells(scores: Scores, labels: Labels): Cells {
  const { thresholds, groupOf } = groupTies(scores);
  const hasPositive = new Uint8Array(thresholds.length);
  for (let at = 0; at < groupOf.length; at++) {
    if (labels[at] === 1) hasPositive[groupOf[at]!] = 1;
  }
  const negativeCell = new Int32Array(thresholds.length);
  let positiveScores = 0;
  for (let group = 0; group < thresholds.length; group++) {
    negativeCell[group] = 2 * positiveScores + hasPositive[group]!;
    positiveScores += hasPositive[group]!;
  }
  const cellOf = new Int32Array(groupOf.length);
  for (let at = 0; at < groupOf.length; at++) {
    const cell = negativeCell[groupOf[at]!]!;
    // A positive's own score is the k-th of the positives, so that its negatives' cell is 2k + 1.
    cellOf[at] = labels[at] === 1 ? 2 * positiveScores + 1 + ((cell - 1) >> 1) : cell;
  }
  return { positiveScores, cellOf };
}

/**
 * @returns how many samples each cell holds; the negatives' cells come first, see {@linkcode Cells}
 */
export function cellCounts({ positiveScores, cellOf }: Cells): Int32Array {
  const counts = new Int32Array(3 * positiveScores + 1);
  for (let at = 0; at < cellOf.length; at++) counts[cellOf[at]!]! += 1;
  return counts;
}
