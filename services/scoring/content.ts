import { createHash, createHmac } from "node:crypto";

/** Raised whenever the same input comes to give another report, so that earlier ones are not taken for it. */
const REPORT_REVISION = 3;

/** @returns SHA-256 in hex */
export function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/**
 * The identity of a result by what it is made from: the same parts give the same digest. Parts hold labels,
 * and digests are shown: without the key nobody can compute that of a guessed list.
 *
 * @param parts everything that the result depends on, as JSON can hold it
 * @returns HMAC-SHA-256 in hex
 */
export function contentDigest(key: Uint8Array, parts: unknown): string {
  return createHmac("sha256", key).update(JSON.stringify([REPORT_REVISION, parts])).digest("hex");
}

/**
 * Makes a digest an id, so that whatever is sent twice is found again without an index: a UUID of
 * version 8 (RFC 9562, section 5.8), whose 122 free bits are the digest's first.
 *
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
