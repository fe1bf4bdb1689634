import type { DifferenceTest, ZTest } from "../../../shared/contracts/estimates.ts";
import { type Estimate, holm, type Interval } from "../statistics/mod.ts";

export function limitsOf(interval: Interval): [number, number] | null {
  return interval.undefined === null ? [interval.lower, interval.upper] : null;
}

/** A z test before any correction; `reason` says why it must not be reported, such as too few cancers. */
export function zTestOf(
  test: { z: Estimate; p: Estimate; ci: Interval },
  reason: string | null = null,
): ZTest {
  return reason === null ? { z: test.z.value, ...testOf(test) } : undefinedTest(reason);
}

export function testOf(test: { p: Estimate; ci?: Interval }): DifferenceTest {
  return {
    ci: test.ci === undefined ? null : limitsOf(test.ci),
    p: test.p.value,
    p_holm: null,
    undefined: test.p.undefined ?? test.ci?.undefined ?? null,
  };
}

export function undefinedTest(reason: string): ZTest {
  return { z: null, ci: null, p: null, p_holm: null, undefined: reason };
}

export function corrected<T extends { readonly p: number | null }>(
  tests: readonly T[],
): (T & { p_holm: number | null })[] {
  const adjusted = holm(tests.map(({ p }) => p));
  return tests.map((test, at) => ({ ...test, p_holm: adjusted[at]! }));
}
