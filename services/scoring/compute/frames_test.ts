import assert from "node:assert/strict";
import { packFrame, readFrames, unpackFrame } from "./frames.ts";

function cut(bytes: Uint8Array, size: number): ReadableStream<Uint8Array> {
  const parts = Math.ceil(bytes.length / size);
  return ReadableStream.from(
    Array.from({ length: parts }, (_, part) => bytes.slice(part * size, (part + 1) * size)),
  );
}

Deno.test("frames arrive whole and exact however the stream is cut; half a one at the end is dropped", async () => {
  const messages = [
    { text: "ä", bytes: new Uint8Array([1, 2, 3]), columns: [Float64Array.of(NaN, -0, 1e300)] },
    null,
    { many: Array.from({ length: 100 }, (_, at) => at) },
  ];
  const frames = messages.map((message) => packFrame(message).flatMap((part) => [...part]));
  const all = new Uint8Array([...frames.flat(), ...frames[0]!.slice(0, 9)]);
  for (const size of [1, 3, 4, 5, 64, all.length]) {
    const read: unknown[] = [];
    for await (const body of readFrames(cut(all, size))) read.push(unpackFrame(body));
    assert.deepEqual(read, messages, `${size} bytes at a time`);
  }
});
