import type { KeptWork } from "../ledger/ledger.ts";

/** Keeps the state of the latest work on each name, during it and after its end. */
export interface LatestWork<T> {
  /** Starts work on a name unless some is running; resolves when the running work has ended. */
  start(
    name: string,
    begin: () => T,
    work: (progress: WorkProgress<T>) => Promise<void>,
  ): Promise<void>;
  get(name: string): T | null;
}

export interface WorkProgress<T> {
  /** Changes the visible state without storing it: for frequent updates. */
  show(change: (state: T) => T): void;
  update(change: (state: T) => T): void;
}

export interface LatestWorkOptions<T> {
  readonly kept: KeptWork<T>;
  /** Closes a state whose work was interrupted by the end of a process; returns an ended state unchanged. */
  readonly cutShort: (state: T) => T;
  /** Called when a state cannot be stored; it stays visible until a restart. */
  readonly onFault: (error: unknown) => void;
}

/** Creates a keeper, and closes what an earlier process left open. */
export function createLatestWork<T>(
  { kept, cutShort, onFault }: LatestWorkOptions<T>,
): LatestWork<T> {
  const running = new Map<string, Promise<void>>();
  /** States newer than the stored ones. */
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
