import assert from "node:assert/strict";
import {
  bytesText,
  coefficientInterval,
  coefficientText,
  confidenceText,
  counted,
  durationText,
  intervalText,
  momentText,
  percentText,
  probabilityText,
  scoreText,
  signedMetricText,
} from "./number_text.ts";

Deno.test("durations in the two units that matter", () => {
  const cases: [number, string][] = [
    [0, "0.0 s"],
    [830, "0.8 s"],
    [9_960, "10 s"],
    [59_400, "59 s"],
    [59_600, "1 min 0 s"],
    [125_000, "2 min 5 s"],
    [3_599_700, "1 h 0 min"],
    [12_000_000, "3 h 20 min"],
    [187_200_000, "2 d 4 h"],
  ];
  for (const [ms, text] of cases) assert.equal(durationText(ms), text);
});

Deno.test("shares keep two digits when they are small", () => {
  const shares = [0, 0.0056, 0.00004321, 0.5, 0.9999, 1];
  assert.deepEqual(shares.map(percentText), [
    "0.0\u00a0%",
    "0.56\u00a0%",
    "0.0043\u00a0%",
    "50.0\u00a0%",
    "100.0\u00a0%",
    "100.0\u00a0%",
  ]);
});

Deno.test("intervals, confidences, scores, coefficients, counts, moments", () => {
  assert.equal(intervalText([0.5, 1]), "0.500–1.000");
  assert.equal(intervalText(null), "—");
  assert.deepEqual([-0.0123, 0.2, -0.0001].map(signedMetricText), ["−0.012", "+0.200", "0.000"]);
  assert.equal(coefficientInterval([-0.2, 0.1], signedMetricText), "−0.200 to +0.100");
  assert.deepEqual([0.0004, 0.0406, 1].map(probabilityText), ["< 0.001", "0.041", "1.000"]);
  assert.equal(confidenceText(0.95), "95\u00a0%");
  assert.equal(confidenceText(0.999), "99.9\u00a0%");
  assert.equal(scoreText(0.123456789), "0.1235");
  assert.equal(scoreText(1234567), "1235000");
  assert.equal(coefficientText(-0.456), "−0.46");
  assert.equal(coefficientText(-5.20397e153), "−5.2e+153");
  assert.equal(coefficientInterval([-1.5, -0.25]), "−1.50 to −0.25");
  assert.equal(coefficientInterval(null), "—");
  assert.equal(counted(1, "exam"), "1 exam");
  assert.equal(counted(28_296, "breast"), "28,296 breasts");
  assert.equal(momentText("2026-11-25T02:51:33.123Z"), "2026-11-25 02:51 UTC");
});

Deno.test("sizes in the unit that fits", () => {
  const text = (bytes: number): string => bytesText(bytes).replace("\u00a0", " ");
  assert.deepEqual([0, 812, 1024, 68_000_000_000, 2 ** 60].map(text), [
    "0 B",
    "812 B",
    "1.0 KiB",
    "63.3 GiB",
    "1048576.0 TiB",
  ]);
});
