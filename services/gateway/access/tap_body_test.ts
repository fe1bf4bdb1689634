import assert from "node:assert/strict";
import { tapBody } from "./tap_body.ts";

const UTF8 = new TextEncoder();

Deno.test("a tapped body arrives whole, and its end is told once", async () => {
  let ends = 0;
  const { stream, breakOff } = tapBody(new Response("abc").body!, () => ends++);
  assert.equal(await new Response(stream).text(), "abc");
  breakOff(new Error("too late"));
  assert.equal(ends, 1);
});

Deno.test("a body that is broken off fails, also while nothing comes, and its source is let go", async () => {
  let [ends, cancelled] = [0, false];
  const source = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(UTF8.encode("a")),
    cancel: () => void (cancelled = true),
  });
  const { stream, breakOff } = tapBody(source, () => ends++);
  const reader = stream.getReader();
  assert.deepEqual((await reader.read()).value, UTF8.encode("a"));
  const waiting = reader.read();
  breakOff(new Error("revoked"));
  await assert.rejects(waiting, /revoked/);
  assert.deepEqual([ends, cancelled], [1, true]);
});

Deno.test("a body that nobody wants is let go, and one that fails fails", async () => {
  let ends = 0;
  const tapped = tapBody(new Response("abc").body!, () => ends++);
  await tapped.stream.cancel();
  const failing = new ReadableStream<Uint8Array>({ pull: () => Promise.reject(new Error("disk")) });
  await assert.rejects(new Response(tapBody(failing, () => ends++).stream).text(), /disk/);
  assert.equal(ends, 2);
});
