import { deserialize, serialize } from "node:v8";

const HEAD_BYTES = 4;

/**
 * Encodes a message below 4 GiB as its length and its structured clone, which keeps bytes, typed arrays and NaN. They
 * are written one after the other; joined, a large message would take twice its memory.
 */
export function packFrame(message: unknown): readonly [head: Uint8Array, body: Uint8Array] {
  const body = serialize(message);
  const head = new Uint8Array(HEAD_BYTES);
  new DataView(head.buffer).setUint32(0, body.length, true);
  return [head, body];
}

/** Decodes the body of a message from {@linkcode readFrames}. */
export function unpackFrame(body: Uint8Array): unknown {
  return deserialize(body);
}

/** Reads messages as bytes of their clone; drops an incomplete one at the end. */
export async function* readFrames(
  stream: ReadableStream<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  let head = new Uint8Array(0);
  let body: Uint8Array | null = null;
  let filled = 0;
  for await (const chunk of stream) {
    let rest = chunk;
    while (rest.length > 0) {
      if (body === null) {
        const joined = new Uint8Array(Math.min(HEAD_BYTES, head.length + rest.length));
        joined.set(head);
        joined.set(rest.subarray(0, joined.length - head.length), head.length);
        rest = rest.subarray(joined.length - head.length);
        head = joined;
        if (head.length < HEAD_BYTES) break;
        body = new Uint8Array(new DataView(head.buffer).getUint32(0, true));
        filled = 0;
        head = new Uint8Array(0);
      }
      const part = rest.subarray(0, body.length - filled);
      body.set(part, filled);
      filled += part.length;
      rest = rest.subarray(part.length);
      if (filled < body.length) break;
      yield body;
      body = null;
    }
  }
}
