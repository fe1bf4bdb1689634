import assert from "node:assert/strict";
import fc from "fast-check";
import { createAttachReader } from "./docker_attach.ts";

const HEAD = "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n";

/** A frame of output as the engine sends it. */
function frame(stream: number, text: string): Uint8Array {
  const data = new TextEncoder().encode(text);
  const bytes = new Uint8Array(8 + data.length);
  bytes[0] = stream;
  new DataView(bytes.buffer).setUint32(4, data.length);
  bytes.set(data, 8);
  return bytes;
}

/** Feeds an answer to a reader in chunks. */
function read(answer: Uint8Array, cuts: readonly number[]): { taken: boolean; said: string[] } {
  const said = ["", "", ""];
  const take = createAttachReader({
    onOpen: () => void (said[0] += "open"),
    onData: (stream, data) => void (said[stream] += new TextDecoder("latin1").decode(data)),
  });
  const places = [0, ...cuts.toSorted((a, b) => a - b), answer.length];
  const taken = places.slice(1).every((end, at) => take(answer.slice(places[at], end)));
  return { taken, said };
}

Deno.test("property: both outputs are read, wherever the answer is cut", () => {
  const frames = [frame(1, "\r 1%|"), frame(2, ""), frame(2, "oops\n"), frame(1, "x".repeat(300))];
  const answer = new Uint8Array([
    ...new TextEncoder().encode(HEAD),
    ...frames.flatMap((bytes) => [...bytes]),
  ]);
  fc.assert(fc.property(fc.array(fc.nat(answer.length)), (cuts) => {
    assert.deepEqual(read(answer, cuts), {
      taken: true,
      said: ["open", "\r 1%|" + "x".repeat(300), "oops\n"],
    });
  }));
});

Deno.test("a refusal, and a head without end, are not read on", () => {
  const refused = new TextEncoder().encode("HTTP/1.1 404 Not Found\r\n\r\n{}");
  assert.deepEqual(read(refused, []), { taken: false, said: ["", "", ""] });
  const endless = new TextEncoder().encode("HTTP/1.1 101 " + "x".repeat(100_000));
  assert.equal(read(endless, [1, 50_000]).taken, false);
});
