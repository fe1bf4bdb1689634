import { readRetryAfter } from "../shared/retry_after.ts";

/** Shortest pause in milliseconds, also for a service that keeps sending `Retry-After: 0`. */
const PAUSE_MS_MIN = 100;
/** Default pause before the first retry, in milliseconds; doubled for each further one. */
const FIRST_PAUSE_MS = 500;
/** Longest default pause, in milliseconds. */
const PAUSE_MS_MAX = 10_000;

const TOO_MANY_REQUESTS = 429;
const CONFLICT = 409;
const UNAVAILABLE = 503;

/** The pause before the next try, in milliseconds, after `tries` failed ones. */
export function pauseAfter(tries: number): number {
  return Math.min(PAUSE_MS_MAX, FIRST_PAUSE_MS * 2 ** Math.min(tries - 1, 16));
}

/**
 * The pause before a rejected request is sent again, in milliseconds; null if it must not be. Without `Retry-After` a
 * 429 or 409 is final, above all an exhausted quota; only a 503 is transient.
 */
export function pauseBefore(answer: Response, tries: number, now: Date): number | null {
  const { status, headers } = answer;
  if (![TOO_MANY_REQUESTS, UNAVAILABLE, CONFLICT].includes(status)) return null;
  const said = readRetryAfter(headers.get("retry-after"), now);
  if (said !== null) return Math.max(said * 1000, PAUSE_MS_MIN);
  return status === UNAVAILABLE ? pauseAfter(tries) : null;
}

/**
 * Waits for `ms` milliseconds.
 * @throws the signal's reason when it fires
 */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", end);
      resolve();
    }, ms);
    signal?.addEventListener("abort", end, { once: true });
  });
}
