import assert from "node:assert/strict";
import { readRetryAfter } from "./retry_after.ts";

const NOW = new Date("2030-01-01T00:00:00Z");

Deno.test("readRetryAfter: seconds and dates, a day at most", () => {
  const cases: [string | null, number | null][] = [
    ["3", 3],
    [" 0 ", 0],
    ["86400", 86_400],
    ["86401", 86_400],
    ["9".repeat(400), 86_400],
    ["Tue, 01 Jan 2030 00:00:05 GMT", 5],
    ["Tuesday, 01-Jan-30 00:00:05 GMT", 5],
    ["Mon, 31 Dec 2029 00:00:00 GMT", 0],
    ["Fri, 31 Dec 9999 23:59:59 GMT", 86_400],
    ...["-1", "-86400", "+5", "1.5", "1e300", "Infinity", "NaN", "0x10", "soon", "", "1, 2"]
      .map((text): [string, null] => [text, null]),
    ["Mon, nonsense", null],
    [null, null],
  ];
  for (const [text, expected] of cases) {
    assert.equal(readRetryAfter(text, NOW), expected, `${text}`);
  }
});
