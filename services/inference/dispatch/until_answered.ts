import { pauseFor } from "../../../shared/async.ts";
import { Problem, type ProblemType } from "../../../shared/http/mod.ts";
import { isDiskFull } from "../../../shared/volume/mod.ts";
import { type Run, RunAbandoned, RunPostponed } from "./run.ts";

/** First pause before another service is asked again, in milliseconds; each next one is twice as long. */
const PAUSE_FIRST_MS = 250;
/** Longest pause, in milliseconds: a service that is back is found within this time. */
const PAUSE_MAX_MS = 30_000;
/** How long another service may be away until the run gives up, in milliseconds: a weekend. */
const PATIENCE_MS = 3 * 86_400_000;

/**
 * Asks another service until it answers: one that is restarted or cut off must not fail a run that
 * has taken hours, and neither must a full volume. What it answers counts, also when it is a refusal.
 *
 * @returns the answer
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
      // Full jitter: many runs that wait for one service do not all come back at the same moment.
      const pause = Math.min(PAUSE_MAX_MS, PAUSE_FIRST_MS * 2 ** Math.min(attempt, 10));
      await pauseRun(PAUSE_FIRST_MS / 2 + Math.random() * pause, run);
    }
  }
}

/** Also the bound on what waits of one user: other computations of theirs must not fail a run. */
const TRANSIENT: readonly ProblemType[] = [
  "upstream_unavailable",
  "unavailable",
  "too_many_requests",
];

function isTransient(error: unknown): boolean {
  if (!(error instanceof Problem)) return isDiskFull(error);
  // A damaged file stays as it is, whoever asks for it again.
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
