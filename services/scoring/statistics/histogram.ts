import { checkSample, type Labels, type Scores } from "./sample.ts";

/** Enough bins to show a shape, few enough for sixty cancers. */
const BINS = 20;

/** Samples per class and score bin. */
export interface ScoreHistogram {
  /** Ascending, one more than bins; a bin includes its lower edge, the last bin both. */
  readonly edges: readonly number[];
  readonly positives: readonly number[];
  readonly negatives: readonly number[];
}

/**
 * Counts each class in bins of equal width, over [0, 1] or the range of scores outside of it.
 * @returns no bins without samples, one bin if all scores are equal and outside [0, 1]
 * @throws {RangeError} if the lengths differ, a score is not finite or a label is not 0 or 1
 */
export function scoreHistogram(scores: Scores, labels: Labels): ScoreHistogram {
  checkSample(scores, labels);
  if (scores.length === 0) return { edges: [], positives: [], negatives: [] };
  let lower = 0;
  let upper = 1;
  if (scores.some((score) => score < 0 || score > 1)) {
    const ascending = Float64Array.from(scores).sort();
    [lower, upper] = [ascending[0]!, ascending[ascending.length - 1]!];
  }
  const edges = lower === upper ? [lower, upper] : edgesBetween(lower, upper);
  const bins = edges.length - 1;
  const counts = [new Array<number>(bins).fill(0), new Array<number>(bins).fill(0)] as const;
  for (let at = 0; at < scores.length; at++) {
    counts[labels[at]!]![binOf(edges, scores[at]!)]! += 1;
  }
  return { edges, positives: counts[1], negatives: counts[0] };
}

/** Weighted, so that a wide range does not overflow; in a very narrow range edges coincide. */
function edgesBetween(lower: number, upper: number): number[] {
  const edges = Array.from(
    { length: BINS + 1 },
    (_, at) => lower * (1 - at / BINS) + upper * (at / BINS),
  );
  return [...new Set(Float64Array.from(edges).sort())];
}

/** The last bin with its lower edge at or below the score: compares edges, so no rounding. */
function binOf(edges: readonly number[], score: number): number {
  let low = 0;
  let high = edges.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (edges[middle]! <= score) low = middle;
    else high = middle - 1;
  }
  return low;
}
