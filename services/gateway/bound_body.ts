import type { MiddlewareHandler } from "hono";
import { Problem, problemResponse, type ServiceEnv } from "../../shared/http/mod.ts";
import {
  BODY_BYTES_PER_S_MIN,
  BODY_IDLE_MS_MAX,
  JSON_BODY_BYTES_MAX,
} from "../../shared/limits.ts";

/** What a body must keep to. */
export interface BodyBounds {
  /** Largest JSON body, in bytes. */
  readonly jsonBytesMax: number;
  /** Longest silence while a body arrives, in milliseconds. */
  readonly idleMsMax: number;
  /** Slowest that it may arrive on the whole, in bytes a second, beyond the longest silence. */
  readonly bytesPerSMin: number;
}

const BOUNDS: BodyBounds = {
  jsonBytesMax: JSON_BODY_BYTES_MAX,
  idleMsMax: BODY_IDLE_MS_MAX,
  bytesPerSMin: BODY_BYTES_PER_S_MIN,
};
const UPLOAD_TYPE = /^multipart\/form-data\b/i;

/**
 * Keeps bodies in bounds on their way to a service: whatever is not an upload is taken for JSON, by
 * whatever name it goes, and must be small; a body must go on arriving, and not byte by byte. Uploads have bounds of their own
 * where they are read.
 *
 * @param bounds size and patience
 */
export function boundBody(bounds: BodyBounds = BOUNDS): MiddlewareHandler<ServiceEnv> {
  return async (c, next): Promise<void> => {
    const { raw } = c.req;
    if (raw.body === null) return await next();
    const isUpload = UPLOAD_TYPE.test(raw.headers.get("content-type") ?? "");
    const watched = watchBody(raw.body, {
      ...bounds,
      bytesMax: isUpload ? Infinity : bounds.jsonBytesMax,
    });
    c.req.raw = new Request(raw, { body: watched.stream });
    await next();
    // A service sees a body that broke off and cannot know why.
    const failure = watched.failure();
    if (failure !== null) c.res = problemResponse(failure, c.get("requestId"));
  };
}

/** A body, and why it was broken off where it was. */
interface WatchedBody {
  readonly stream: ReadableStream<Uint8Array>;
  failure(): Problem | null;
}

function watchBody(
  body: ReadableStream<Uint8Array>,
  { bytesMax, idleMsMax, bytesPerSMin }: BodyBounds & { bytesMax: number },
): WatchedBody {
  const reader = body.getReader();
  let failure: Problem | null = null;
  let bytes = 0;
  // Only what the sender takes counts: a service that reads slowly is not the sender's fault.
  let waitedMs = 0;

  function breakOff(reason: Problem): Problem {
    failure = reason;
    // The other side may hang: nobody waits for it.
    reader.cancel(reason).catch(() => {});
    return reason;
  }

  const stream = new ReadableStream<Uint8Array>({
    async pull(controller): Promise<void> {
      const began = performance.now();
      const part = await withinTime(reader.read(), idleMsMax);
      if (part === null) return controller.error(breakOff(tooSilent(idleMsMax)));
      if (part.done) return controller.close();
      bytes += part.value.length;
      waitedMs += performance.now() - began;
      if (waitedMs > idleMsMax + bytes / bytesPerSMin * 1000) {
        return controller.error(breakOff(tooSlow(bytes, waitedMs)));
      }
      if (bytes > bytesMax) return controller.error(breakOff(tooLarge(bytesMax)));
      controller.enqueue(part.value);
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
  return { stream, failure: () => failure };
}

function tooSlow(bytes: number, ms: number): Problem {
  return new Problem(
    "request_timeout",
    `Only ${bytes} bytes of the body have arrived in ${Math.round(ms / 1000)} s: check the ` +
      "connection and send it again",
  );
}

function tooSilent(idleMs: number): Problem {
  return new Problem(
    "request_timeout",
    `Nothing of the body has arrived for ${
      idleMs / 1000
    } s: check the connection and send it again`,
  );
}

function tooLarge(bytesMax: number): Problem {
  return new Problem(
    "too_large",
    `A JSON body may have ${bytesMax} bytes: data goes into files, a request only names them`,
  );
}

/** The promise's value, or null when it takes too long. */
async function withinTime<T>(promise: Promise<T>, ms: number): Promise<T | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<null>((resolve) => timer = setTimeout(() => resolve(null), ms));
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
