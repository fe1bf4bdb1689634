import type { Scores } from "./sample.ts";
import { groupTies } from "./tie_groups.ts";

/** Ranks from 1 for the lowest score; tied scores share the mean of their ranks. */
export function midranks(scores: Scores): Float64Array {
  const { thresholds, groupOf } = groupTies(scores);
  const ranks = new Float64Array(thresholds.length);
  for (let at = 0; at < groupOf.length; at++) ranks[groupOf[at]!]! += 1;
  let below = 0;
  for (let group = ranks.length - 1; group >= 0; group--) {
    const held = ranks[group]!;
    ranks[group] = below + (held + 1) / 2;
    below += held;
  }
  return Float64Array.from(groupOf, (group) => ranks[group]!);
}
