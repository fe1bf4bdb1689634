/** Delay of the first answer to an invalid token, in milliseconds; it doubles with each further one. */
const DELAY_MS_FIRST = 250;
const DELAY_MS_MAX = 8_000;
/** Time after which one failure is forgotten, in milliseconds. */
const FORGET_AFTER_MS = 10_000;
/** Maximum number of delayed answers: each one costs memory. */
const WAITING_MAX = 50;

export interface SlowDown {
  /** Records a failed attempt. Returns its answer's delay in milliseconds, or null when too many are delayed. */
  failed(): number | null;
  /** A delayed answer is sent. */
  answered(): void;
}

/** Counts failures of all callers together: an attacker has many addresses. Valid tokens are never delayed. */
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
