import assert from "node:assert/strict";
import { normalCdf } from "./normal.ts";
import { studentCdf, studentQuantile } from "./student.ts";

const POINTS = [-40, -6, -2.5, -1, -0.3, 0, 0.1, 0.7, 1, 1.96, 3, 12, 60];

function assertClose(actual: number, expected: number, tolerance: number, what: string): void {
  const bound = tolerance * Math.max(Math.abs(expected), 1e-3);
  assert.ok(Math.abs(actual - expected) <= bound, `${what}: ${actual}, not ${expected}`);
}

Deno.test("studentCdf: closed forms for 1, 2 and 4 degrees of freedom", () => {
  for (const t of POINTS) {
    assertClose(studentCdf(t, 1), 0.5 + Math.atan(t) / Math.PI, 1e-12, `df 1, t ${t}`);
    assertClose(studentCdf(t, 2), 0.5 + t / (2 * Math.sqrt(2 + t * t)), 1e-12, `df 2, t ${t}`);
    const u = t / Math.sqrt(4 + t * t);
    assertClose(studentCdf(t, 4), 0.5 + 0.75 * (u - u ** 3 / 3), 1e-12, `df 4, t ${t}`);
  }
});

Deno.test("studentCdf: the integral of the density, also for broken degrees of freedom", () => {
  for (const df of [0.7, 3.3, 13, 28.5]) {
    const density = (t: number): number => (1 + t * t / df) ** (-(df + 1) / 2);
    const integral = (from: number, to: number): number => {
      const steps = 20_000;
      const width = (to - from) / steps;
      let sum = density(from) + density(to);
      for (let at = 1; at < steps; at++) sum += density(from + at * width) * (at % 2 === 1 ? 4 : 2);
      return sum * width / 3;
    };
    // The constant of the density cancels in the ratio of two integrals.
    const ratio = integral(0, 1) / integral(0, 2.5);
    const actual = (studentCdf(1, df) - 0.5) / (studentCdf(2.5, df) - 0.5);
    assertClose(actual, ratio, 1e-11, `df ${df}`);
  }
});

Deno.test("studentCdf: with many degrees of freedom the normal distribution", () => {
  for (const t of POINTS.filter((point) => Math.abs(point) < 4)) {
    assertClose(studentCdf(t, 1e6), normalCdf(t), 1e-4, `t ${t}`);
  }
});

// Computed with mpmath 1.3 at 40 digits: betainc(df/2, 1/2, 0, df/(df + t²)) / 2.
Deno.test("studentCdf: keeps its digits with any number of degrees of freedom", () => {
  const expected: readonly (readonly [df: number, p: number])[] = [
    [1e4, 7.887008486155896381e-5],
    [1e5, 7.845968898751893694e-5],
    [9.99e5, 7.841873408983046486e-5],
    [1.001e6, 7.841872498933871020e-5],
    [1e7, 7.841463439064101103e-5],
    [1e14, normalCdf(-3.78)],
    [1e300, normalCdf(-3.78)],
    [Infinity, normalCdf(-3.78)],
  ];
  for (const [df, p] of expected) {
    const actual = studentCdf(-3.78, df);
    assert.ok(Math.abs(actual / p - 1) < 1e-8, `df ${df}: ${actual}, not ${p}`);
    assert.ok(Math.abs(studentQuantile(p, df) + 3.78) < 1e-8, `df ${df}`);
  }
});

Deno.test("studentCdf: falls with the degrees of freedom, also over the border to the normal", () => {
  let last = 1;
  for (let df = 1; df < 1e15; df *= 1.7) {
    const tail = studentCdf(-2.5, df);
    assert.ok(tail <= last * (1 + 1e-10), `df ${df}: ${tail} after ${last}`);
    last = tail;
  }
});

Deno.test("studentQuantile: turns the distribution function around", () => {
  for (const df of [0.7, 1, 3.3, 13, 1000]) {
    for (const p of [1e-6, 0.025, 0.3, 0.5, 0.9, 0.975, 1 - 1e-6]) {
      assertClose(studentCdf(studentQuantile(p, df), df), p, 1e-11, `df ${df}, p ${p}`);
    }
  }
});

Deno.test("studentCdf, studentQuantile: what is out of bounds is refused", () => {
  assert.throws(() => studentCdf(1, 0), RangeError);
  assert.throws(() => studentCdf(1, NaN), RangeError);
  for (const p of [0, 1, -1, NaN]) assert.throws(() => studentQuantile(p, 3), RangeError);
});
