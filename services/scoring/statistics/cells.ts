import type { Cells } from "./areas.ts";
import type { Labels, Scores } from "./sample.ts";
import { distinct, find } from "./tie_groups.ts";

/** Finds the cell of each sample, see {@linkcode Cells}. Sorts only the scores of positives. */
export function layOutCells(scores: Scores, labels: Labels): Cells {
  const ofPositives = Float64Array.from((scores as number[]).filter((_, at) => labels[at] === 1));
  const ascending = distinct(ofPositives.sort());
  const positiveScores = ascending.length;
  const cellOf = new Int32Array(scores.length);
  for (let at = 0; at < cellOf.length; at++) {
    const score = scores[at]!;
    const found = find(ascending, score);
    const tied = found < positiveScores && ascending[found] === score;
    // Number of distinct scores of positives above this one.
    const above = positiveScores - found - (tied ? 1 : 0);
    cellOf[at] = labels[at] === 1 ? 2 * positiveScores + 1 + above : 2 * above + (tied ? 1 : 0);
  }
  return { positiveScores, cellOf };
}

export function cellCounts({ positiveScores, cellOf }: Cells): Int32Array {
  const counts = new Int32Array(3 * positiveScores + 1);
  for (let at = 0; at < cellOf.length; at++) counts[cellOf[at]!]! += 1;
  return counts;
}
