import { Problem } from "../../shared/http/mod.ts";
import { ARCHIVE_RATIO_CHECKED_FROM_BYTES, ARCHIVE_RATIO_MAX } from "../../shared/limits.ts";
import { passOn, type WatchedBody } from "./watch_body.ts";

/** Bytes that are unpacked at a time: gzip makes at most a thousand times as many of them. */
const PIECE_BYTES = 4096;

/**
 * @param headers of a request
 * @returns how its body is packed; null for not at all
 * @throws {Problem} `unsupported_media_type` (RFC 9110, 15.5.16) for what is not unpacked here
 */
export function bodyCoding(headers: Headers): "gzip" | null {
  const coding = (headers.get("content-encoding") ?? "").trim().toLowerCase();
  if (coding === "" || coding === "identity") return null;
  if (coding === "gzip" || coding === "x-gzip") return "gzip";
  throw new Problem(
    "unsupported_media_type",
    "Content-Encoding may be gzip or nothing: send the body unpacked, or packed by gzip once",
    { headers: { "accept-encoding": "gzip" } },
  );
}

/**
 * Unpacks a body in gzip, and breaks off one that unpacks to more than it plausibly holds.
 *
 * @param body packed
 */
export function inflate(body: ReadableStream<Uint8Array>): WatchedBody {
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
    "The body says Content-Encoding: gzip and cannot be unpacked: was it cut off, or not packed at all?",
  );
}

function tooPacked(): Problem {
  return new Problem(
    "too_large",
    `The body unpacks to over ${ARCHIVE_RATIO_MAX} times its size: send it unpacked`,
  );
}
