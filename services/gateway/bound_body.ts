import type { MiddlewareHandler } from "hono";
import { type Caller, Problem, problemResponse, type ServiceEnv } from "../../shared/http/mod.ts";
import {
  ARCHIVE_RATIO_CHECKED_FROM_BYTES,
  ARCHIVE_RATIO_MAX,
  BODY_BYTES_PER_S_MIN,
  BODY_IDLE_MS_MAX,
  JSON_BODIES_BYTES_MAX,
  JSON_BODY_BYTES_MAX,
  JSON_BODY_MS_MAX,
  UPLOAD_MS_MAX,
  UPLOADS_RESERVED,
  UPLOADS_UNDER_WAY_MAX,
} from "../../shared/limits.ts";
import { createSharedPlaces } from "./shared_places.ts";
import { boundMemory, passOn, watchBody, type WatchedBody } from "./watch_body.ts";

export interface BodyBounds {
  readonly jsonBytesMax: number;
  readonly jsonBodiesBytesMax: number;
  readonly uploadsMax: number;
  readonly uploadsReserved: number;
  /** Longest pause while a body arrives, in milliseconds. */
  readonly idleMsMax: number;
  /** Minimum average rate, in bytes a second, not counting the longest pause. */
  readonly bytesPerSMin: number;
  /** Time limits for a JSON body and an upload to arrive, in milliseconds. */
  readonly jsonMsMax: number;
  readonly uploadMsMax: number;
}

const BOUNDS: BodyBounds = {
  jsonBytesMax: JSON_BODY_BYTES_MAX,
  jsonBodiesBytesMax: JSON_BODIES_BYTES_MAX,
  uploadsMax: UPLOADS_UNDER_WAY_MAX,
  uploadsReserved: UPLOADS_RESERVED,
  idleMsMax: BODY_IDLE_MS_MAX,
  bytesPerSMin: BODY_BYTES_PER_S_MIN,
  jsonMsMax: JSON_BODY_MS_MAX,
  uploadMsMax: UPLOAD_MS_MAX,
};
const UPLOAD_TYPE = /^multipart\/form-data\b/i;

/** Limits the size, pace and time of bodies, and decompresses gzip. Users share memory for JSON and upload places. */
export function boundBody(given: Partial<BodyBounds> = {}): MiddlewareHandler<ServiceEnv> {
  const bounds = { ...BOUNDS, ...given };
  const memory = createSharedPlaces(bounds.jsonBodiesBytesMax, 0);
  const uploads = createSharedPlaces(bounds.uploadsMax, bounds.uploadsReserved);

  function holdMemory(caller: Caller, releases: (() => void)[]): (bytes: number) => boolean {
    return (bytes) => {
      const release = memory.take(caller, bytes);
      if (release !== null) releases.push(release);
      return release !== null;
    };
  }

  return async (c, next): Promise<void> => {
    const { raw } = c.req;
    if (raw.body === null) return await next();
    const caller = c.get("caller");
    const isUpload = UPLOAD_TYPE.test(raw.headers.get("content-type") ?? "");
    const coding = bodyCoding(raw.headers);
    const releases: (() => void)[] = [];
    const arrived = isUpload ? uploads.take(caller) ?? refuseUpload() : null;
    if (arrived !== null) releases.push(arrived);
    const arriving = watchBody(raw.body, {
      ...bounds,
      deadlineMs: isUpload ? bounds.uploadMsMax : bounds.jsonMsMax,
    });
    const unpacked = coding === "gzip" ? inflate(arriving.stream) : arriving;
    const counted = arrived !== null
      ? untilArrived(unpacked.stream, arrived)
      : boundMemory(unpacked.stream, {
        bytesMax: bounds.jsonBytesMax,
        hold: holdMemory(caller, releases),
      });
    const headers = new Headers(raw.headers);
    if (coding === "gzip") {
      ["content-encoding", "content-length"].map((name) => headers.delete(name));
    }
    c.req.raw = new Request(raw, { body: counted.stream, headers });
    try {
      await next();
    } finally {
      for (const release of releases) release();
    }
    // A service sees a body end early but not why: replace its answer.
    const failure = arriving.failure() ?? unpacked.failure() ?? counted.failure();
    if (failure !== null) c.res = problemResponse(failure, c.get("requestId"));
  };
}

/** Releases an upload's place once it has arrived; its processing has a queue of its own. */
function untilArrived(body: ReadableStream<Uint8Array>, release: () => void): WatchedBody {
  return passOn(body, async (read) => {
    const part = await read();
    if (part.done) release();
    return part;
  });
}

function refuseUpload(): never {
  throw new Problem(
    "unavailable",
    "Too many uploads are in progress, in total or from you: send it again when one has ended",
    { headers: { "retry-after": "30" } },
  );
}

/** Bytes decompressed at a time; gzip expands them at most about a thousandfold. */
const PIECE_BYTES = 4096;

/** The body's compression, or null; throws `unsupported_media_type` (RFC 9110, 15.5.16) for others. */
function bodyCoding(headers: Headers): "gzip" | null {
  const coding = (headers.get("content-encoding") ?? "").trim().toLowerCase();
  if (coding === "" || coding === "identity") return null;
  if (coding === "gzip" || coding === "x-gzip") return "gzip";
  throw new Problem(
    "unsupported_media_type",
    "Content-Encoding must be gzip or absent: send the body uncompressed, or compressed with gzip once",
    { headers: { "accept-encoding": "gzip" } },
  );
}

/** Decompresses a gzip body, and aborts an implausibly large one (zip bomb). */
function inflate(body: ReadableStream<Uint8Array>): WatchedBody {
  let packed = 0;
  let unpacked = 0;
  const pieces = new TransformStream<Uint8Array, BufferSource>({
    transform(part, controller): void {
      packed += part.length;
      for (let at = 0; at < part.length; at += PIECE_BYTES) {
        controller.enqueue(part.slice(at, at + PIECE_BYTES));
      }
    },
  });
  const inflated = body.pipeThrough(pieces).pipeThrough(new DecompressionStream("gzip"));
  return passOn(inflated, async (read) => {
    const part = await read().catch(() => notGzip());
    if (part instanceof Problem || part.done) return part;
    unpacked += part.value.length;
    const most = ARCHIVE_RATIO_CHECKED_FROM_BYTES + packed * ARCHIVE_RATIO_MAX;
    return unpacked > most ? tooPacked() : part;
  });
}

function notGzip(): Problem {
  return new Problem(
    "invalid_request",
    "The body has Content-Encoding: gzip but cannot be decompressed: check that it is complete and compressed with gzip",
  );
}

function tooPacked(): Problem {
  return new Problem(
    "too_large",
    `The body decompresses to over ${ARCHIVE_RATIO_MAX} times its size: send it uncompressed`,
  );
}
