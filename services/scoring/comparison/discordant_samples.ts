import type { Discordant } from "../../../shared/contracts/comparisons.ts";
import type { Level, ScoreReport } from "../../../shared/contracts/scores.ts";
import { MISSES_LISTED_MAX } from "../../../shared/limits.ts";
import type { PairOfScores } from "./compare_samples.ts";
import type { MatchedSamples } from "./match_samples.ts";

/** Compares the decisions of two scores at their thresholds of a common operating point. */
export function discordantSamples(
  { scores, labels, samples }: MatchedSamples,
  { a, b }: PairOfScores,
  reports: readonly ScoreReport[],
  level: Level,
): Discordant {
  const pair = [scores[a.at]!, scores[b.at]!] as const;
  const [first, second] = [reports[a.at]!, reports[b.at]!].map((report) =>
    new Map(report.levels[level]!.operating_points.map(({ name, threshold }) => [name, threshold]))
  );
  const point =
    [...first!.keys()].find((name) =>
      typeof first!.get(name) === "number" && typeof second!.get(name) === "number"
    ) ?? null;
  const positives = labels.reduce((sum, label) => sum + label, 0);
  const thresholds = point === null
    ? pair.map((of) => of.toSorted()[of.length - positives] ?? Infinity)
    : [first!.get(point)!, second!.get(point)!];
  const ranks = pair.map(ranksOf);
  const apart = (at: number): number => Math.abs(ranks[0]![at]! - ranks[1]![at]!);
  const recalls = (score: 0 | 1, at: number): boolean => pair[score][at]! >= thresholds[score]!;
  const places = [...labels.keys()].filter((at) => recalls(0, at) !== recalls(1, at))
    .sort((one, other) => apart(other) - apart(one));
  const ofClass = (label: number): number[] => places.filter((at) => labels[at] === label);
  const counted = (label: number): [number, number] => {
    const all = ofClass(label);
    const byFirst = all.filter((at) => recalls(0, at)).length;
    return [byFirst, all.length - byFirst];
  };
  return {
    point,
    positives: counted(1),
    negatives: counted(0),
    samples: [1, 0].flatMap((label) => ofClass(label).slice(0, MISSES_LISTED_MAX)).map((at) => ({
      exam: samples[at]!.exam,
      laterality: samples[at]!.laterality,
      malignant: labels[at] === 1,
      recalledBy: recalls(0, at) ? 0 : 1,
      scores: [pair[0][at]!, pair[1][at]!],
    })),
  };
}

/** Ranks from 0; ties in any order. */
function ranksOf(scores: Float64Array): Uint32Array {
  const ascending = new Uint32Array(scores.length).map((_, at) => at)
    .sort((a, b) => scores[a]! - scores[b]!);
  const ranks = new Uint32Array(scores.length);
  ascending.forEach((at, rank) => ranks[at] = rank);
  return ranks;
}
