import { isLost, NoAnswerError } from "./errors.ts";
import { pause, pauseAfter } from "./pause.ts";
import type { CallOptions } from "./transport.ts";

/** Timeout of a silent event stream: the service sends something every 15 s. */
export const SILENCE_MS_MAX = 45_000;
/** Pause before an interrupted stream is reopened, in milliseconds. */
const REOPEN_PAUSE_MS = 500;

/** Timeout of one request in milliseconds: firewalls drop connections, and laptops sleep. */
const ANSWER_MS_MAX = 60_000;

/** A stream to follow to its end. */
export interface Followed<T> {
  /** Returns whether nothing more will come; called before the stream is read. */
  isOver(options: CallOptions): Promise<boolean>;
  /** Opens the stream after the items already read. */
  open(options: CallOptions): Promise<AsyncIterable<T>>;
}

export interface Patience {
  readonly url: string;
  /** Time to keep retrying while the service does not answer, in milliseconds. */
  readonly patienceMs: number;
  /** How long the service may hold its response on request, in milliseconds. */
  readonly holdMs?: number;
}

/**
 * Follows a stream, reopened when broken.
 * @throws errors that are not transient, or when retries run out of time
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

/** Retries while the service does not answer; the work's signal fires when an answer times out. */
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

/** The timeout covers only the start of the response, not its body. */
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
 * Yields a body as text chunks; `silenceMsMax` between chunks, null for no timeout.
 * @throws {NoAnswerError} if the connection breaks or times out
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
