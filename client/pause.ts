import { readRetryAfter } from "../shared/retry_after.ts";

/** Shortest pause, also before a service that says "at once" again and again, in milliseconds. */
const PAUSE_MS_MIN = 100;
/** Pause before the second try where nobody says how long, in milliseconds; doubled for each further one. */
const FIRST_PAUSE_MS = 500;
/** Longest pause where nobody says how long, in milliseconds. */
const PAUSE_MS_MAX = 10_000;

const TOO_MANY_REQUESTS = 429;
const CONFLICT = 409;
const UNAVAILABLE = 503;

/**
 * @param tries how many have failed, from 1
 * @returns milliseconds until the next one
 */
export function pauseAfter(tries: number): number {
  return Math.min(PAUSE_MS_MAX, FIRST_PAUSE_MS * 2 ** Math.min(tries - 1, 16));
}

/**
 * How long to wait before the same request is sent again. A refusal that does not say when to come back is
 * final, a quota that is used up above all; 503 alone passes by itself.
 *
 * @param tries how many have failed, from 1
 * @param now for a `Retry-After` that is a date
 * @returns milliseconds; null when it is not to be sent again
 */
export function pauseBefore(answer: Response, tries: number, now: Date): number | null {
  const { status, headers } = answer;
  if (![TOO_MANY_REQUESTS, UNAVAILABLE, CONFLICT].includes(status)) return null;
  const said = readRetryAfter(headers.get("retry-after"), now);
  if (said !== null) return Math.max(said * 1000, PAUSE_MS_MIN);
  return status === UNAVAILABLE ? pauseAfter(tries) : null;
}

/** @throws the signal's reason when it fires */
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
