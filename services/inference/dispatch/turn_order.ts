import type { Evaluation } from "../ledger/ledger.ts";

/**
 * Decides who starts next among those that wait: higher priority first; then users in turn, so that
 * one who asks for a hundred does not keep the next one waiting for all of them; then the oldest.
 *
 * @param queued in any order
 * @param holding how many evaluations of each user hold a device now
 * @returns the same, in the order in which they shall start
 */
export function turnOrder(
  queued: readonly Evaluation[],
  holding: ReadonlyMap<string, number>,
): Evaluation[] {
  const before = new Map(holding);
  const byAge = queued.toSorted((a, b) =>
    b.request.priority - a.request.priority || (a.id < b.id ? -1 : 1)
  );
  const turns = byAge.map((evaluation) => {
    const round = before.get(evaluation.user) ?? 0;
    before.set(evaluation.user, round + 1);
    return { evaluation, round };
  });
  // Sorting keeps the order of equals: that of age.
  return turns.toSorted((a, b) =>
    b.evaluation.request.priority - a.evaluation.request.priority || a.round - b.round
  ).map(({ evaluation }) => evaluation);
}
