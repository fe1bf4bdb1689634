import fc from "fast-check";
import assert from "node:assert/strict";
import { niceAxis } from "./nice_axis.ts";

const labels = (low: number, high: number): string[] =>
  niceAxis(low, high).ticks.map(({ label }) => label);

Deno.test("round marks around the values", () => {
  assert.deepEqual(labels(0, 1), ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
  assert.deepEqual(labels(0, 0.013), ["0", "0.005", "0.010", "0.015"]);
  assert.deepEqual(labels(-12.7, 6.5), ["-15", "-10", "-5", "0", "5", "10"]);
  assert.deepEqual(labels(3, 3), ["1", "2", "3", "4", "5"]);
  assert.deepEqual(labels(0, 4e9), ["0", "1.0e9", "2.0e9", "3.0e9", "4.0e9"]);
});

Deno.test("every value lies on the axis, with few short marks", () => {
  const value = fc.double({ min: -1e12, max: 1e12, noNaN: true });
  fc.assert(fc.property(value, value, (a, b) => {
    const [low, high] = [Math.min(a, b), Math.max(a, b)];
    const { min, max, ticks } = niceAxis(low, high);
    assert.ok(min <= low && high <= max && min < max, `${min} ${low} ${high} ${max}`);
    assert.ok(ticks.length >= 2 && ticks.length <= 8, `${ticks.length} marks`);
    assert.ok(ticks.every(({ at, label }) => at >= min && at <= max && label.length <= 16));
  }));
});
