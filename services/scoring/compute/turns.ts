/** What the scheduler needs to know about a job. */
export interface Turn {
  /** Users who wait for it: several if they requested the same. */
  readonly users: readonly string[];
  /** Whether it runs long enough to delay others noticeably. */
  readonly isLarge: boolean;
  /** Whether it needs much memory; such a job is large. */
  readonly isHeavy: boolean;
}

/** Slots while a heavy job waits or runs: one for it, one for small jobs. */
const PLACES_BESIDE_HEAVY = 2;

/**
 * Chooses the next job. Users take turns: first those with the fewest running jobs, then those
 * served longest ago; a shared job takes the earliest turn of its users. Among a user's jobs, small
 * ones come first, then the oldest. Large jobs leave one slot free, so that a small job never waits
 * for a large one. While a heavy job waits or runs there are only two slots, which bounds memory.
 * @param waiting oldest first
 * @param served number of each user's last turn
 * @returns the next job, or null if none may start
 */
export function nextTurn<T extends Turn>(
  waiting: readonly T[],
  running: readonly Turn[],
  places: number,
  served: ReadonlyMap<string, number>,
): T | null {
  const anyHeavy = [...waiting, ...running].some(({ isHeavy }) => isHeavy);
  const open = anyHeavy ? Math.min(places, PLACES_BESIDE_HEAVY) : places;
  if (running.length >= open) return null;
  const mayBeLarge = running.filter(({ isLarge }) => isLarge).length < Math.max(1, open - 1);
  const rankFor = (user: string, isLarge: boolean): readonly number[] => [
    running.filter(({ users }) => users.includes(user)).length,
    served.get(user) ?? -1,
    Number(isLarge),
  ];
  const rank = ({ users, isLarge }: Turn): readonly number[] =>
    users.map((user) => rankFor(user, isLarge)).reduce((first, one) =>
      comesBefore(one, first) ? one : first
    );
  return waiting.filter(({ isLarge }) => mayBeLarge || !isLarge).reduce<T | null>(
    (first, job) => first === null || comesBefore(rank(job), rank(first)) ? job : first,
    null,
  );
}

function comesBefore(a: readonly number[], b: readonly number[]): boolean {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at >= 0 && a[at]! < b[at]!;
}
