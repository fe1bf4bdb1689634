/** Decides which run has to end when the volume is short of space: the one that has filled it, not all. */
export interface DiskGuard {
  /**
   * Notes what a run takes up.
   *
   * @param bytes that it takes up now; the first look is what it began with
   * @param missing bytes that the volume lacks; 0 or less where there is room
   * @returns whether this run has to end
   */
  look(id: string, bytes: number, missing: number): boolean;
  /** A run is over. */
  forget(id: string): void;
}

/** Time that a run which was stopped has to end and to be cleared away before another one is, in milliseconds. */
const CLEARING_MS = 30_000;

/** @param now milliseconds of a clock that never jumps */
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
      // What is missing for another reason does not come back when this run ends.
      if (missing <= 0 || grown(id) < missing || now() < clearingUntil) return false;
      if ([...runs.keys()].some((other) => grown(other) > grown(id))) return false;
      clearingUntil = now() + CLEARING_MS;
      return true;
    },
    forget: (id) => void runs.delete(id),
  };
}
