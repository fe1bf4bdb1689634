import { Buffer } from "node:buffer";
import { gzipSync } from "node:zlib";
import type { Context, MiddlewareHandler } from "hono";
import type { ServiceEnv } from "../../shared/http/mod.ts";

/** Compressible types. Not streams: compression would delay events and followed logs. */
const PACKED_TYPES =
  /^(?:application\/(?:problem\+)?json|image\/svg\+xml|text\/(?:html|css|csv|javascript))\b/;
/** Smaller answers fit into one packet anyway. */
const PACKED_BYTES_MIN = 1400;
/** Larger answers are packed as a stream, so that they need little memory. */
const PACKED_AT_ONCE_BYTES_MAX = 1 << 20;
/** Half the time of the default level 6, and files a quarter larger. */
const PACKED_LEVEL = 3;

/** Compresses answers with gzip for clients that accept it (RFC 9110, 12.5.3). */
export function packAnswer(): MiddlewareHandler<ServiceEnv> {
  return async (c, next): Promise<void> => {
    await next();
    const { res } = c;
    if (!PACKED_TYPES.test(res.headers.get("content-type") ?? "") || res.status === 206) return;
    res.headers.append("vary", "accept-encoding");
    if (res.body === null || c.req.method === "HEAD" || !takesGzip(c)) return;
    const packed = await packLarge(res.body);
    const headers = new Headers(res.headers);
    if (packed.isPacked) {
      headers.set("content-encoding", "gzip");
      headers.delete("content-length");
      // The compressed bytes differ, so the ETag becomes weak and allows no range requests.
      const etag = headers.get("etag");
      if (etag !== null && !etag.startsWith("W/")) headers.set("etag", `W/${etag}`);
    }
    c.res = undefined;
    c.res = new Response(packed.body, { status: res.status, headers });
  };
}

function takesGzip(c: Context<ServiceEnv>): boolean {
  if (c.req.header("range") !== undefined) return false;
  return (c.req.header("accept-encoding") ?? "").split(",").some((part) => {
    const [coding = "", weight = "q=1"] = part.toLowerCase().split(";", 2).map((word) =>
      word.trim()
    );
    return (coding === "gzip" || coding === "*") && Number(weight.replace("q=", "")) > 0;
  });
}

interface Packed {
  readonly isPacked: boolean;
  readonly body: BodyInit;
}

/** Packs an answer in one step if it is small enough: a stream costs several times as much. */
async function packLarge(body: ReadableStream<Uint8Array>): Promise<Packed> {
  const reader = body.getReader();
  const first: Uint8Array[] = [];
  let bytes = 0;
  while (bytes < PACKED_AT_ONCE_BYTES_MAX) {
    const { value } = await reader.read();
    if (value === undefined) {
      const whole = Buffer.concat(first);
      if (bytes < PACKED_BYTES_MIN) return { isPacked: false, body: whole };
      return { isPacked: true, body: gzipSync(whole, { level: PACKED_LEVEL }) };
    }
    first.push(value);
    bytes += value.length;
  }
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller): Promise<void> {
      const part = first.shift() ?? (await reader.read()).value;
      if (part === undefined) controller.close();
      else controller.enqueue(part as Uint8Array<ArrayBuffer>);
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
  return { isPacked: true, body: stream.pipeThrough(new CompressionStream("gzip")) };
}
