import type { ClassCounts, Labels, Scores } from "./sample.ts";
import { groupTies } from "./tie_groups.ts";

/**
 * The structural components of the AUROC (DeLong, DeLong and Clarke-Pearson 1988, doi:10.2307/2531595): for a positive,
 * the share of negatives that it outscores; for a negative, the share of positives that outscore it; ties count one
 * half. Both classes must occur. `counts` are sums of weights with weights.
 */
export function placements(
  scores: Scores,
  labels: Labels,
  counts: ClassCounts,
  weights: Float64Array | null = null,
): Float64Array {
  const { thresholds, groupOf } = groupTies(scores);
  const positives = countByGroup(groupOf, labels, 1, weights, thresholds.length);
  const negatives = countByGroup(groupOf, labels, 0, weights, thresholds.length);
  // Equivalent to the midranks of Sun and Xu (2014, doi:10.1109/LSP.2014.2337313): one pass over
  // the tie groups gives every component.
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
  weights: Float64Array | null,
  groups: number,
): Float64Array {
  const counts = new Float64Array(groups);
  for (let at = 0; at < groupOf.length; at++) {
    if (labels[at] === label) counts[groupOf[at]!]! += weights?.[at] ?? 1;
  }
  return counts;
}
