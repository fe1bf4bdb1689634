import { sha256 } from "../store/content.ts";
import type { JobKind, JobRequest } from "./jobs.ts";

/** Kinds to cache: the result depends only on the request. Others are stored on the volume. */
const KEPT: ReadonlySet<JobKind> = new Set([
  "compare",
  "rank",
  "regroup",
  "draw",
  "simulate",
  "analyse",
  "decide",
]);

/** Digest of a request, which contains the digests of truth and predictions; null for a kind not cached. */
export function resultKey<K extends JobKind>(kind: K, request: JobRequest<K>): string | null {
  if (!KEPT.has(kind)) return null;
  return sha256(
    JSON.stringify([kind, request], (key, value) => key === "path" ? undefined : value),
  );
}

/** Whether a result may be cached: a failed job may succeed after the volume changes. */
export function isLasting(result: unknown): boolean {
  if (typeof result !== "object" || result === null) return false;
  return !("ok" in result && result.ok === false);
}
