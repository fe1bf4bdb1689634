import { within } from "../../shared/async.ts";
import { Problem } from "../../shared/http/mod.ts";

/** A body, and why it was aborted, if it was. */
export interface WatchedBody {
  readonly stream: ReadableStream<Uint8Array>;
  failure(): Problem | null;
}

type Part = ReadableStreamReadResult<Uint8Array>;

/** Passes a body on chunk by chunk; `next` reads a chunk, and a problem from it aborts the body. */
export function passOn(
  body: ReadableStream<Uint8Array>,
  next: (read: () => Promise<Part>) => Promise<Part | Problem>,
): WatchedBody {
  const reader = body.getReader();
  let failure: Problem | null = null;
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller): Promise<void> {
      const part = await next(() => reader.read()).catch(unreadable);
      if (part instanceof Problem) {
        failure = part;
        // The sender may hang: do not wait for it.
        reader.cancel(part).catch(() => {});
        return controller.error(part);
      }
      if (part.done) return controller.close();
      controller.enqueue(part.value);
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
  return { stream, failure: () => failure };
}

export interface ArrivalBounds {
  /** Longest pause, in milliseconds. */
  readonly idleMsMax: number;
  /** Minimum average rate, in bytes a second, not counting the longest pause. */
  readonly bytesPerSMin: number;
  readonly deadlineMs: number;
}

/** Aborts a body that arrives too slowly. */
export function watchBody(
  body: ReadableStream<Uint8Array>,
  { idleMsMax, bytesPerSMin, deadlineMs }: ArrivalBounds,
): WatchedBody {
  let bytes = 0;
  // Counts only the sender's time, not that of a slow reader.
  let waitedMs = 0;
  return passOn(body, async (read) => {
    const began = performance.now();
    const leftMs = deadlineMs - waitedMs;
    const part = await within(read(), Math.max(0, Math.min(idleMsMax, leftMs)));
    if (part === null) return leftMs < idleMsMax ? tooLate(deadlineMs) : tooSilent(idleMsMax);
    waitedMs += performance.now() - began;
    bytes += part.value?.length ?? 0;
    return waitedMs > idleMsMax + bytes / bytesPerSMin * 1000 ? tooSlow(bytes, waitedMs) : part;
  });
}

/** Aborts a decompressed body over its own limit or over what all users together may hold. */
export function boundMemory(
  body: ReadableStream<Uint8Array>,
  { bytesMax, hold }: { bytesMax: number; hold: (bytes: number) => boolean },
): WatchedBody {
  let bytes = 0;
  return passOn(body, async (read) => {
    const part = await read();
    if (part.done || part.value.length === 0) return part;
    bytes += part.value.length;
    if (bytes > bytesMax) return tooLarge(bytesMax);
    return hold(part.value.length) ? part : new Problem(
      "unavailable",
      "Too many large requests are in progress, in total or from you: try again in a few seconds",
      { headers: { "retry-after": "5" } },
    );
  });
}

/** The sender disconnected or sent invalid chunks: the service could not tell this from a fault of its own. */
function unreadable(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem(
    "invalid_request",
    `The connection ended before the complete body arrived: ${SEND_AGAIN}`,
  );
}

const SEND_AGAIN = "check the connection and send it again";

function tooLate(ms: number): Problem {
  return new Problem(
    "request_timeout",
    `The body has not arrived within ${ms / 1000} s: ${SEND_AGAIN}`,
  );
}

function tooSlow(bytes: number, ms: number): Problem {
  return new Problem(
    "request_timeout",
    `Only ${bytes} bytes of the body arrived in ${Math.round(ms / 1000)} s: ${SEND_AGAIN}`,
  );
}

function tooSilent(idleMs: number): Problem {
  return new Problem(
    "request_timeout",
    `Nothing of the body has arrived for ${idleMs / 1000} s: ${SEND_AGAIN}`,
  );
}

function tooLarge(bytesMax: number): Problem {
  return new Problem(
    "too_large",
    `A JSON body may have at most ${bytesMax} bytes: put data into files and name them in the request`,
  );
}
