import { pauseFor } from "../../../shared/async.ts";
import { Problem, type ProblemType } from "../../../shared/http/mod.ts";
import { isDiskFull } from "../../../shared/volume/mod.ts";
import { type Run, RunAbandoned, RunPostponed } from "./run.ts";

/** First pause before a retry, in milliseconds; it doubles each time. */
const PAUSE_FIRST_MS = 250;
/** Longest pause, in milliseconds: bounds the delay once a service is back. */
const PAUSE_MAX_MS = 30_000;
/** How long a service may be away before the run gives up, in milliseconds: a long weekend. */
const PATIENCE_MS = 3 * 86_400_000;

/**
 * Calls another service until it answers, even with a refusal: a restart must not fail a run of hours.
 * @throws {RunAbandoned} when the run is cancelled meanwhile
 * @throws {RunPostponed} when this process stops meanwhile
 */
export async function untilAnswered<T>(
  run: Run,
  service: string,
  ask: () => Promise<T>,
): Promise<T> {
  const started = performance.now();
  for (let attempt = 0;; attempt++) {
    try {
      return await ask();
    } catch (error) {
      if (!isTransient(error) || performance.now() - started > PATIENCE_MS) throw error;
      if (attempt === 0) run.runLog.say(waitingText(service, error));
      // Jitter spreads the retries of many runs that wait for one service.
      const pause = Math.min(PAUSE_MAX_MS, PAUSE_FIRST_MS * 2 ** Math.min(attempt, 10));
      await pauseRun(PAUSE_FIRST_MS / 2 + Math.random() * pause, run);
    }
  }
}

/** Includes the limit on requests that wait for one user: a user's other computations must not fail a run. */
const TRANSIENT: readonly ProblemType[] = [
  "upstream_unavailable",
  "unavailable",
  "too_many_requests",
];

function isTransient(error: unknown): boolean {
  if (!(error instanceof Problem)) return isDiskFull(error);
  // A retry does not repair a damaged file.
  return TRANSIENT.includes(error.type) && error.reason !== "damaged";
}

function waitingText(service: string, error: unknown): string {
  const isFull = error instanceof Problem ? error.reason === "disk_full" : isDiskFull(error);
  return isFull
    ? "the volume is full: continuing when there is space"
    : `${service} does not answer: retrying until it does`;
}

async function pauseRun(ms: number, { signals: { cancelled, stopping } }: Run): Promise<void> {
  await pauseFor(ms, AbortSignal.any([cancelled, stopping]));
  if (cancelled.aborted) throw new RunAbandoned();
  if (stopping.aborted) throw new RunPostponed();
}
