import { createHash, createHmac } from "node:crypto";

/** Increased whenever the same input gives a different report, to invalidate older reports. */
const REPORT_REVISION = 3;

export function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** HMAC-SHA-256 in hex of everything a result depends on: without the key no label can be guessed. */
export function contentDigest(key: Uint8Array, parts: unknown): string {
  return createHmac("sha256", key).update(JSON.stringify([REPORT_REVISION, parts])).digest("hex");
}

/** A version 8 UUID (RFC 9562, 5.8) from a hex digest, so that repeated input is found without an index. */
export function idOfContent(digest: string): string {
  const variant = (parseInt(digest[16]!, 16) & 0b0011 | 0b1000).toString(16);
  return [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `8${digest.slice(13, 16)}`,
    variant + digest.slice(17, 20),
    digest.slice(20, 32),
  ].join("-");
}
