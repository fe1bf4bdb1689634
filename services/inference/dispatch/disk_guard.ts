/** Decides which run must stop when the volume is short of space: only the one that filled it. */
export interface DiskGuard {
  /** Records the use of a run, in bytes; whether it must stop for the bytes that the volume lacks. */
  look(id: string, bytes: number, missing: number): boolean;
  /** A run has ended. */
  forget(id: string): void;
}

/** Time for a stopped run to end and be cleaned up before another run is stopped, in milliseconds. */
const CLEARING_MS = 30_000;

/** Creates a guard; `now` is a monotonic clock in milliseconds. */
export function createDiskGuard(now: () => number = () => performance.now()): DiskGuard {
  const runs = new Map<string, { readonly before: number; bytes: number }>();
  let clearingUntil = -Infinity;

  function grown(id: string): number {
    const run = runs.get(id);
    return run === undefined ? 0 : run.bytes - run.before;
  }

  return {
    look(id, bytes, missing): boolean {
      const run = runs.get(id);
      if (run === undefined) runs.set(id, { before: bytes, bytes });
      else run.bytes = bytes;
      // If this run has grown by less than what is missing, stopping it would not free enough.
      if (missing <= 0 || grown(id) < missing || now() < clearingUntil) return false;
      if ([...runs.keys()].some((other) => grown(other) > grown(id))) return false;
      clearingUntil = now() + CLEARING_MS;
      return true;
    },
    forget: (id) => void runs.delete(id),
  };
}
