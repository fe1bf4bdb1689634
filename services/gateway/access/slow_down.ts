/** The first wrong token waits this long for its answer, in milliseconds; every further one longer. */
const DELAY_MS_FIRST = 250;
/** Longest wait, in milliseconds. */
const DELAY_MS_MAX = 8_000;
/** One failure is forgotten after this long, in milliseconds. */
const FORGET_AFTER_MS = 10_000;
/** Wrong tokens that may wait at a time: waiting costs memory too. */
const WAITING_MAX = 50;

/** Makes guessing slow. */
export interface SlowDown {
  /**
   * Notes a failed attempt.
   *
   * @returns how long its answer has to wait, in milliseconds; null when too many wait already
   */
  failed(): number | null;
  /** An answer has waited long enough. */
  answered(): void;
}

/**
 * Counts failed attempts of all callers together: behind a proxy they share an address, and an
 * attacker has many. Who has the right token never waits, so that nobody can lock others out.
 *
 * @param now clock, in milliseconds
 */
export function createSlowDown(now: () => number): SlowDown {
  let failures = 0;
  let last = now();
  let waiting = 0;
  return {
    failed(): number | null {
      const forgotten = Math.floor((now() - last) / FORGET_AFTER_MS);
      failures = Math.max(0, failures - forgotten) + 1;
      last = now();
      if (waiting >= WAITING_MAX) return null;
      waiting++;
      return Math.min(DELAY_MS_MAX, DELAY_MS_FIRST * 2 ** Math.min(failures - 1, 16));
    },
    answered(): void {
      waiting--;
    },
  };
}
