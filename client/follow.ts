import { isLost, NoAnswerError } from "./errors.ts";
import { pause, pauseAfter } from "./pause.ts";
import type { CallOptions } from "./transport.ts";

/** An event stream says something every 15 s; one that is silent for this long has lost its other end. */
export const SILENCE_MS_MAX = 45_000;
/** Pause before a stream that has ended early is opened again, in milliseconds. */
const REOPEN_PAUSE_MS = 500;

/** Who has not answered after so long has gone: a firewall forgets connections, and a laptop sleeps. */
const ANSWER_MS_MAX = 60_000;

/** Something that is followed to its end. */
export interface Followed<T> {
  /** Tells whether nothing more will come; asked before the stream is read. */
  isOver(options: CallOptions): Promise<boolean>;
  /** Opens the stream behind what was read already. */
  open(options: CallOptions): Promise<AsyncIterable<T>>;
}

/** Who is asked, and for how long. */
export interface Patience {
  readonly url: string;
  /** How long nobody may answer, over all tries, in milliseconds. */
  readonly patienceMs: number;
  /** How long the service holds an answer back because it was asked to, in milliseconds. */
  readonly holdMs?: number;
}

/**
 * Follows a stream to its end, over broken connections: what comes is opened again where it broke off.
 *
 * @throws what stands in the way, when it does not pass by itself or patience is at its end
 */
export async function* follow<T>(
  followed: Followed<T>,
  patience: Patience,
  { signal }: CallOptions,
): AsyncGenerator<T, void, undefined> {
  while (true) {
    const { over, items } = await patiently(
      async (options) => ({
        over: await followed.isOver(options),
        items: await followed.open(options),
      }),
      patience,
      { signal },
    );
    try {
      yield* items;
      if (over) return;
    } catch (error) {
      if (!isLost(error)) throw error;
    }
    await pause(REOPEN_PAUSE_MS, signal);
  }
}

/**
 * Does something again while nobody answers.
 *
 * @param work what; it takes a signal that fires when no answer has come in time
 */
export async function patiently<T>(
  work: (options: CallOptions) => Promise<T>,
  patience: Patience,
  { signal }: CallOptions,
): Promise<T> {
  const begun = performance.now();
  for (let tries = 1;; tries++) {
    try {
      return await inTime(work, patience, { signal });
    } catch (error) {
      const pauseMs = pauseAfter(tries);
      if (!isLost(error) || performance.now() - begun + pauseMs > patience.patienceMs) throw error;
      await pause(pauseMs, signal);
    }
  }
}

/** What has begun to answer in time may go on for as long as it likes. */
async function inTime<T>(
  work: (options: CallOptions) => Promise<T>,
  { url, holdMs = 0 }: Patience,
  { signal }: CallOptions,
): Promise<T> {
  const late = new AbortController();
  const answerMs = holdMs + ANSWER_MS_MAX;
  const timer = setTimeout(
    () => late.abort(new NoAnswerError(url, `nothing came for ${answerMs / 1000} s`)),
    answerMs,
  );
  const signals = [late.signal, ...(signal === undefined ? [] : [signal])];
  try {
    return await work({ signal: AbortSignal.any(signals) });
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Reads an answer's body as texts, piece by piece.
 *
 * @param silenceMsMax how long nothing may come, in milliseconds; null for as long as it likes
 * @throws {NoAnswerError} when the connection breaks, or is silent for too long
 */
export async function* textsOf(
  answer: Pick<Response, "body">,
  url: string,
  silenceMsMax: number | null,
  { signal }: CallOptions,
): AsyncGenerator<string, void, undefined> {
  if (answer.body === null) return;
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    while (true) {
      const { done, value } = await soon(reader.read(), silenceMsMax);
      if (done) return;
      yield value;
    }
  } catch (cause) {
    signal?.throwIfAborted();
    throw new NoAnswerError(url, cause);
  } finally {
    await reader.cancel().catch(() => {});
  }
}

async function soon<T>(reading: Promise<T>, ms: number | null): Promise<T> {
  if (ms === null) return await reading;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing came for ${ms / 1000} s`)), ms);
  });
  return await Promise.race([reading, late]).finally(() => clearTimeout(timer));
}
