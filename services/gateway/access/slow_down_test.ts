import assert from "node:assert/strict";
import { createSlowDown } from "./slow_down.ts";

Deno.test("every further wrong token waits longer, up to a bound", () => {
  const slowDown = createSlowDown(() => 0);
  const waits = Array.from({ length: 8 }, () => slowDown.failed());
  assert.deepEqual(waits, [250, 500, 1000, 2000, 4000, 8000, 8000, 8000]);
});

Deno.test("failures are forgotten one by one", () => {
  let now = 0;
  const slowDown = createSlowDown(() => now);
  for (let failure = 0; failure < 4; failure++) slowDown.failed();
  now = 25_000;
  assert.equal(slowDown.failed(), 1000, "two of four are forgotten, this is the third");
  now = 10_000_000;
  assert.equal(slowDown.failed(), 250);
});

Deno.test("only so many wait at a time", () => {
  const slowDown = createSlowDown(() => 0);
  for (let failure = 0; failure < 50; failure++) assert.notEqual(slowDown.failed(), null);
  assert.equal(slowDown.failed(), null);
  slowDown.answered();
  assert.notEqual(slowDown.failed(), null);
});
