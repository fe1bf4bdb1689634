/** What decides about the turn of a job. */
export interface Turn {
  /** Who waits for it: several where they have asked for the same. */
  readonly users: readonly string[];
  /** Whether it takes so long that others would notice. */
  readonly isLarge: boolean;
  /** Whether it takes much memory; such a job is large. */
  readonly isHeavy: boolean;
}

/** Places while a heavy job waits or runs: one for it, one for small jobs of others. */
const PLACES_BESIDE_HEAVY = 2;

/**
 * Decides which job is next. Users take turns: first who has the fewest jobs running, then who was served
 * longest ago; a job that several wait for comes when the first of them would have it. Of one user's jobs small ones come first, then the oldest. Large jobs leave one place to small
 * ones, so that a small job never waits for a large one to end. While a heavy job waits or runs there are two
 * places in all: this bounds the memory of the service.
 *
 * @param waiting oldest first
 * @param served for each user the number of the turn that was theirs last
 * @returns the job that is next, or null where none may start
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
