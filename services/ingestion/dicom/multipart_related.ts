/**
 * Returns the content of the first part of a `multipart/related` body (RFC 2387, RFC 2046 section 5.1).
 *
 * @throws {SyntaxError} when there is none
 */
export function firstPart(body: Uint8Array, contentType: string): Uint8Array {
  const quoted = /;\s*boundary="([^"]+)"/i.exec(contentType)?.[1];
  const boundary = quoted ?? /;\s*boundary=([^\s;]+)/i.exec(contentType)?.[1];
  if (!/^multipart\/related/i.test(contentType) || boundary === undefined) {
    throw new SyntaxError("Cannot read the answer: it is not multipart/related");
  }
  const encoder = new TextEncoder();
  const start = find(body, encoder.encode(`--${boundary}\r\n`), 0);
  const head = start < 0 ? -1 : find(body, encoder.encode("\r\n\r\n"), start);
  const end = head < 0 ? -1 : find(body, encoder.encode(`\r\n--${boundary}`), head + 4);
  if (end < 0) throw new SyntaxError("Cannot read the answer: it is incomplete");
  return body.subarray(head + 4, end);
}

function find(bytes: Uint8Array, wanted: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(wanted[0]!, from); at >= 0; at = bytes.indexOf(wanted[0]!, at + 1)) {
    if (wanted.every((byte, index) => bytes[at + index] === byte)) return at;
  }
  return -1;
}
