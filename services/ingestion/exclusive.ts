/** Does things that concern the same id one after another. */
export type Exclusive = <T>(id: string, work: () => Promise<T>) => Promise<T>;

/**
 * Makes a set of locks, one an id.
 *
 * @returns does `work` when all that was asked for the same id before has ended, well or not
 */
export function createExclusive(): Exclusive {
  const last = new Map<string, Promise<unknown>>();
  return async (id, work) => {
    const turn = (last.get(id) ?? Promise.resolve()).then(work, work);
    const settled = turn.catch(() => {});
    last.set(id, settled);
    try {
      return await turn;
    } finally {
      if (last.get(id) === settled) last.delete(id);
    }
  };
}
