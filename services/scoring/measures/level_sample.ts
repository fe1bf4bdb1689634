import type { Sample } from "../../../shared/domain/mod.ts";
import { clustersOf, type SampleClusters } from "../samples/sample_clusters.ts";
import type { Interval } from "../statistics/mod.ts";

/** Scores and labels of a level, clustered by woman, or by exam if women are unknown. */
export interface LevelSample extends SampleClusters {
  readonly scores: Float64Array;
  readonly labels: Uint8Array;
  readonly exams: Int32Array;
}

/** The samples of a level as columns. */
export function levelSampleOf(samples: readonly Sample[]): LevelSample {
  return {
    scores: Float64Array.from(samples, ({ score }) => score),
    labels: Uint8Array.from(samples, ({ label }) => label),
    exams: Int32Array.from(samples, ({ examIndex }) => examIndex),
    ...clustersOf(samples),
  };
}

/** Replaces every reason in a report by another one. */
export function undefinedFor<T>(value: T, reason: string): T {
  const visit = (inside: unknown, key = ""): unknown =>
    key === "undefined"
      ? inside === null ? null : reason
      : Array.isArray(inside)
      ? inside.map((part) => visit(part))
      : typeof inside === "object" && inside !== null
      ? Object.fromEntries(Object.entries(inside).map(([name, part]) => [name, visit(part, name)]))
      : inside;
  return visit(value) as T;
}

/** The limits of an interval, times `per`; null if there are none. */
export function limits(interval: Interval | null | undefined, per = 1): [number, number] | null {
  if (!interval || interval.undefined !== null) return null;
  const [lower, upper] = [interval.lower * per, interval.upper * per];
  // A Wald interval of scores like 5e-324 is infinite, which JSON cannot represent.
  return Number.isFinite(lower) && Number.isFinite(upper) ? [lower, upper] : null;
}

/** The first reason why a part is undefined; null if none is. */
export function firstReason(
  ...parts: readonly ({ readonly undefined: string | null } | null | undefined)[]
): string | null {
  return parts.find((part) => part && part.undefined !== null)?.undefined ?? null;
}
