import type { Miss, Misses } from "../../shared/contracts/scores.ts";
import type { BinaryLabel, Sample } from "../../shared/domain/mod.ts";
import { MISSES_LISTED_MAX } from "../../shared/limits.ts";

/**
 * Finds where a model was most wrong: the positives with the lowest scores, the negatives with the
 * highest. Of equal scores the earlier in the data list comes first.
 *
 * @param samples of the breast level
 * @returns at most {@linkcode MISSES_LISTED_MAX} of each class, the worst first
 */
export function worstMisses(samples: readonly Sample[]): Misses {
  const scores = { 0: sortedScores(samples, 0), 1: sortedScores(samples, 1) };
  return {
    positives: lowest(samples, 1, scores[1], (score) => score).map((sample) =>
      missOf(sample, scores[0].length - countBelow(scores[0], sample.score))
    ),
    negatives: lowest(samples, 0, scores[0].map((score) => -score).reverse(), (score) => -score)
      .map((sample) => missOf(sample, countBelow(scores[1], sample.score, true))),
  };
}

function missOf({ exam, laterality, score }: Sample, outranked_by: number): Miss {
  return { exam, laterality, score, outranked_by };
}

function sortedScores(samples: readonly Sample[], label: BinaryLabel): Float64Array {
  return Float64Array.from(samples.filter((sample) => sample.label === label), ({ score }) => score)
    .sort();
}

/** The samples of a class with the lowest keys; only those that can be listed are sorted. */
function lowest(
  samples: readonly Sample[],
  label: BinaryLabel,
  sortedKeys: Float64Array,
  key: (score: number) => number,
): Sample[] {
  const last = sortedKeys[Math.min(MISSES_LISTED_MAX, sortedKeys.length) - 1];
  if (last === undefined) return [];
  return samples.filter((sample) => sample.label === label && key(sample.score) <= last)
    .sort((a, b) => key(a.score) - key(b.score))
    .slice(0, MISSES_LISTED_MAX);
}

/** How many of the sorted values are below `value`, or, if asked so, equal to it too. */
function countBelow(sorted: Float64Array, value: number, orEqual = false): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (orEqual ? sorted[middle]! <= value : sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
