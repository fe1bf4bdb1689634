import assert from "node:assert/strict";
import { pause, pauseAfter, pauseBefore } from "./pause.ts";

const NOW = new Date("2030-01-01T00:00:00Z");

function answer(status: number, retryAfter?: string): Response {
  const headers: HeadersInit = retryAfter === undefined ? {} : { "retry-after": retryAfter };
  return new Response(null, { status, headers });
}

Deno.test("what says when to come back is asked again then, a refusal that does not is final", () => {
  const cases: [Response, number | null][] = [
    [answer(429, "3"), 3000],
    [answer(503, "0"), 100],
    [answer(409, "1"), 1000],
    [answer(503, "Tue, 01 Jan 2030 00:00:05 GMT"), 5000],
    [answer(503, "Mon, 31 Dec 2029 00:00:00 GMT"), 100],
    [answer(503, "999999999999"), 86_400_000],
    [answer(503, "-1"), pauseAfter(1)],
    [answer(429, "-1"), null],
    [answer(503, "soon"), pauseAfter(1)],
    [answer(503), pauseAfter(1)],
    [answer(429), null],
    [answer(409), null],
    [answer(404, "3"), null],
    [answer(500, "3"), null],
  ];
  for (const [response, expected] of cases) {
    assert.equal(pauseBefore(response, 1, NOW), expected, `${response.status}`);
  }
});

Deno.test("pauses grow, up to a bound", () => {
  const pauses = [1, 2, 3, 100].map(pauseAfter);
  assert.deepEqual(pauses, [500, 1000, 2000, 10_000]);
});

Deno.test("a pause ends early with its signal's reason", async () => {
  const abort = new AbortController();
  const waiting = pause(1_000_000, abort.signal);
  abort.abort(new Error("enough"));
  await assert.rejects(waiting, /enough/);
  await assert.rejects(pause(0, abort.signal), /enough/);
  await pause(0);
});
