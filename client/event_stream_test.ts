import assert from "node:assert/strict";
import fc from "fast-check";
import { EVENT_CHARACTERS_MAX } from "../shared/limits.ts";
import { linesOf, readEvents, type ServerSentEvent } from "./event_stream.ts";

async function* inPieces(pieces: readonly string[]): AsyncGenerator<string> {
  for (const piece of pieces) yield await Promise.resolve(piece);
}

async function eventsOf(...pieces: string[]): Promise<ServerSentEvent[]> {
  return await Array.fromAsync(readEvents(inPieces(pieces)));
}

Deno.test("events as the standard's own examples have them", async () => {
  const cases: [string, ServerSentEvent[]][] = [
    ["data: a\ndata: b\n\n", [{ event: "message", data: "a\nb", id: "" }]],
    [": alive\n\ndata\n\ndata\ndata\n\ndata:", [
      { event: "message", data: "", id: "" },
      { event: "message", data: "\n", id: "" },
    ]],
    ["data:test\n\ndata: test\n\n", [
      { event: "message", data: "test", id: "" },
      { event: "message", data: "test", id: "" },
    ]],
    ["id: 1\nevent: add\ndata: 73\r\n\r\ndata: 2\r\r\n", [
      { event: "add", data: "73", id: "1" },
      { event: "message", data: "2", id: "1" },
    ]],
    ["event: nothing\n\nid: a\0b\nretry: 10\nwhat: ever\ndata: x\n\n", [
      { event: "message", data: "x", id: "" },
    ]],
    ["data: cut off\n", []],
  ];
  for (const [text, expected] of cases) assert.deepEqual(await eventsOf(text), expected, text);
});

Deno.test("it makes no difference where a stream is cut", async () => {
  const text = "id: 7\r\nevent: status\r\ndata: {}\r\n\r\n: alive\n\nid: 8\rdata: a\rdata: b\r\r\n";
  const whole = await eventsOf(text);
  assert.equal(whole.length, 2);
  const cuts = fc.uniqueArray(fc.nat({ max: text.length }));
  await fc.assert(fc.asyncProperty(cuts, async (places) => {
    const ends = [...places.toSorted((a, b) => a - b), text.length];
    const pieces = ends.map((end, index) => text.slice(ends[index - 1] ?? 0, end));
    assert.deepEqual(await eventsOf(...pieces), whole);
  }));
});

Deno.test("what does not end is no event", async () => {
  const long = "x".repeat(EVENT_CHARACTERS_MAX);
  await assert.rejects(eventsOf(`data: ${long}\n\n`), RangeError);
  await assert.rejects(eventsOf(long, long), RangeError);
  await assert.rejects(eventsOf("data: x\n", `data: ${long}`, "\n"), RangeError);
});

Deno.test("a line counts when it has ended", async () => {
  const lines = await Array.fromAsync(linesOf(inPieces(["a\n\nb\r", "\nc\rd"])));
  assert.deepEqual(lines, ["a", "", "b", "c"]);
});
