import { createHash, createHmac } from "node:crypto";

/** Increased whenever the same input gives a different report, to invalidate older reports. */
const REPORT_REVISION = 3;

/** Returns the SHA-256 digest in hex. */
export function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/**
 * Identifies a result by its inputs: an HMAC-SHA-256 in hex. Inputs include labels and digests are
 * shown, so the key prevents callers from checking a guessed list.
 * @param parts everything that the result depends on, as JSON values
 */
export function contentDigest(key: Uint8Array, parts: unknown): string {
  return createHmac("sha256", key).update(JSON.stringify([REPORT_REVISION, parts])).digest("hex");
}

/**
 * Converts a digest to an ID, so that repeated input is found without an index: a version 8 UUID
 * (RFC 9562, section 5.8), whose 122 free bits come from the digest.
 * @param digest in hex
 */
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
