/** Keeps the latest piece of work on each thing, while it goes on and after it has ended. */
export interface LatestWork<T> {
  /**
   * Starts work unless some is going on for that name.
   *
   * @param name of the thing
   * @param begin makes the state to start with
   * @param work changes the state by `update` until it ends
   * @returns a promise that settles once the work that goes on has ended
   */
  start(name: string, begin: () => T, work: (update: Update<T>) => Promise<void>): Promise<void>;
  /** The state as it is now, or null when there was no work since this process started. */
  get(name: string): T | null;
}

/** Changes the state of a piece of work. */
export type Update<T> = (change: (state: T) => T) => void;

/** Makes a keeper that has nothing yet. */
export function createLatestWork<T>(): LatestWork<T> {
  const states = new Map<string, T>();
  const running = new Map<string, Promise<void>>();
  return {
    start(name, begin, work): Promise<void> {
      const already = running.get(name);
      if (already !== undefined) return already;
      states.set(name, begin());
      const done = work((change) => states.set(name, change(states.get(name)!)))
        .finally(() => running.delete(name));
      running.set(name, done);
      return done;
    },
    get: (name) => states.get(name) ?? null,
  };
}
