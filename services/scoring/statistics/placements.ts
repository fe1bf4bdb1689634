import type { ClassCounts, Labels, Scores } from "./sample.ts";
import { groupTies } from "./tie_groups.ts";

/**
 * The structural components of the AUROC (DeLong, DeLong and Clarke-Pearson 1988,
 * doi:10.2307/2531595): for a positive the share of the negatives that it outscores, for a negative
 * the share of the positives that outscore it; ties count one half. The mean over either class is
 * the AUROC.
 *
 * @param scores finite scores
 * @param labels their labels, with both classes
 * @param counts how many samples there are of each class
 * @returns one component in [0, 1] a sample, in the order of the samples
 */
export function placements(scores: Scores, labels: Labels, counts: ClassCounts): Float64Array {
  const { thresholds, groupOf } = groupTies(scores);
  const positives = countByGroup(groupOf, labels, 1, thresholds.length);
  const negatives = countByGroup(groupOf, labels, 0, thresholds.length);
  // The midranks of Sun and Xu (2014, doi:10.1109/LSP.2014.2337313) in another guise: one pass over
  // the groups gives every component at once.
  let positivesAbove = 0;
  let negativesBelow = counts.negatives;
  for (let group = 0; group < thresholds.length; group++) {
    const positivesHere = positives[group]!;
    const negativesHere = negatives[group]!;
    negativesBelow -= negativesHere;
    positives[group] = (negativesBelow + negativesHere / 2) / counts.negatives;
    negatives[group] = (positivesAbove + positivesHere / 2) / counts.positives;
    positivesAbove += positivesHere;
  }
  return Float64Array.from(
    groupOf,
    (group, at) => labels[at] === 1 ? positives[group]! : negatives[group]!,
  );
}

function countByGroup(
  groupOf: Int32Array,
  labels: Labels,
  label: 0 | 1,
  groups: number,
): Float64Array {
  const counts = new Float64Array(groups);
  for (let at = 0; at < groupOf.length; at++) {
    if (labels[at] === label) counts[groupOf[at]!]! += 1;
  }
  return counts;
}
