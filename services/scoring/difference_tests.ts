import type { DifferenceTest, ZTest } from "../../shared/contracts/estimates.ts";
import { type Estimate, holm, type Interval } from "./statistics/mod.ts";

/**
 * @param interval an interval
 * @returns its limits as the API shows them; null where it is undefined
 */
export function limitsOf(interval: Interval): [number, number] | null {
  return interval.undefined === null ? [interval.lower, interval.upper] : null;
}

/**
 * What a z test says, before any correction.
 *
 * @param test z, p and interval
 */
export function zTestOf(test: { z: Estimate; p: Estimate; ci: Interval }): ZTest {
  return { z: test.z.value, ...testOf(test) };
}

/**
 * What a test says, before any correction.
 *
 * @param test p and, where there is one, the interval
 */
export function testOf(test: { p: Estimate; ci?: Interval }): DifferenceTest {
  return {
    ci: test.ci === undefined ? null : limitsOf(test.ci),
    p: test.p.value,
    p_holm: null,
    undefined: test.p.undefined ?? test.ci?.undefined ?? null,
  };
}

/**
 * Corrects a family of tests by Holm.
 *
 * @param tests all tests of one kind, one a pair
 * @returns the same with the corrected p
 */
export function corrected<T extends { readonly p: number | null }>(
  tests: readonly T[],
): (T & { p_holm: number | null })[] {
  const adjusted = holm(tests.map(({ p }) => p));
  return tests.map((test, at) => ({ ...test, p_holm: adjusted[at]! }));
}
