/** What decides about the turn of a job. */
export interface Turn {
  /** Whose it is. */
  readonly user: string;
  /** Whether it takes so long that others would notice. */
  readonly isLarge: boolean;
}

/**
 * Decides which job is next. Users take turns: first who has the fewest jobs running, then who was served
 * longest ago. Of one user's jobs small ones come first, then the oldest. Large jobs leave one place to small
 * ones, so that a small job never waits for a large one to end.
 *
 * @param waiting oldest first
 * @param running what has a place
 * @param places how many jobs run at a time
 * @param served for each user the number of the turn that was theirs last
 * @returns the job that is next, or null where none may start
 */
export function nextTurn<T extends Turn>(
  waiting: readonly T[],
  running: readonly Turn[],
  places: number,
  served: ReadonlyMap<string, number>,
): T | null {
  if (running.length >= places) return null;
  const mayBeLarge = running.filter(({ isLarge }) => isLarge).length < Math.max(1, places - 1);
  const rank = ({ user, isLarge }: Turn): readonly number[] => [
    running.filter((one) => one.user === user).length,
    served.get(user) ?? -1,
    Number(isLarge),
  ];
  return waiting.filter(({ isLarge }) => mayBeLarge || !isLarge).reduce<T | null>(
    (first, job) => first === null || comesBefore(rank(job), rank(first)) ? job : first,
    null,
  );
}

function comesBefore(a: readonly number[], b: readonly number[]): boolean {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at >= 0 && a[at]! < b[at]!;
}
