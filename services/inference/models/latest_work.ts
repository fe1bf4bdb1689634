import type { KeptWork } from "../ledger/kept_work.ts";

/** Keeps the latest piece of work on each thing, while it goes on and after it has ended. */
export interface LatestWork<T> {
  /**
   * Starts work unless some is going on for that name.
   *
   * @param work changes the state until it ends
   * @returns a promise that settles once the work that goes on has ended
   */
  start(
    name: string,
    begin: () => T,
    work: (progress: WorkProgress<T>) => Promise<void>,
  ): Promise<void>;
  /** The state as it is now, or null when there never was any work. */
  get(name: string): T | null;
}

/** How work says how far it is. */
export interface WorkProgress<T> {
  /** Changes the state for those who look, until something is written down: for what comes in masses. */
  show(change: (state: T) => T): void;
  /** Changes the state and writes it down. */
  update(change: (state: T) => T): void;
}

/** What a keeper works with. */
export interface LatestWorkOptions<T> {
  /** Where states are written down. */
  readonly kept: KeptWork<T>;
  /** What a state becomes whose work ended with an earlier process; the same where it had ended. */
  readonly cutShort: (state: T) => T;
  /** Told when a state cannot be written down: those who look see it all the same, until a restart. */
  readonly onFault: (error: unknown) => void;
}

/** Makes a keeper, and closes what an earlier process has left open. */
export function createLatestWork<T>(
  { kept, cutShort, onFault }: LatestWorkOptions<T>,
): LatestWork<T> {
  const running = new Map<string, Promise<void>>();
  /** States that are newer than what is written down. */
  const shown = new Map<string, T>();

  function keep(name: string, state: T): void {
    try {
      kept.put(name, state);
      shown.delete(name);
    } catch (error) {
      shown.set(name, state);
      onFault(error);
    }
  }

  function get(name: string): T | null {
    return shown.get(name) ?? kept.get(name);
  }

  for (const { model, state } of kept.all()) {
    const closed = cutShort(state);
    if (closed !== state) keep(model, closed);
  }
  return {
    start(name, begin, work): Promise<void> {
      const already = running.get(name);
      if (already !== undefined) return already;
      keep(name, begin());
      const done = work({
        show: (change) => shown.set(name, change(get(name)!)),
        update: (change) => keep(name, change(get(name)!)),
      }).finally(() => running.delete(name));
      running.set(name, done);
      return done;
    },
    get,
  };
}
