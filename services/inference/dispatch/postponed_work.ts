/** Work that is put off for a while, and forgotten when the process stops. */
export interface PostponedWork {
  /** Does the work later, unless this process stops before. */
  later(work: () => void): void;
  /** Forgets all that is put off. */
  stop(): void;
}

/**
 * @param pauseMs how long work is put off, in milliseconds
 */
export function createPostponedWork(pauseMs: number): PostponedWork {
  const timers = new Set<ReturnType<typeof setTimeout>>();
  let stopped = false;
  return {
    later(work): void {
      if (stopped) return;
      const timer = setTimeout(() => {
        timers.delete(timer);
        work();
      }, pauseMs);
      timers.add(timer);
    },
    stop(): void {
      stopped = true;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}
