import { sha256 } from "../content.ts";
import type { JobKind, JobRequest } from "./jobs.ts";

/** Kinds whose results follow from their request alone; the others are kept on the volume. */
const KEPT: ReadonlySet<JobKind> = new Set(["compare", "rank", "regroup", "draw", "simulate"]);

/**
 * The digest of a whole request, and so of the reports that it names: the digests of truth and predictions are
 * in their provenance, and what a caller may not see is not in the request. Where a file lay that was sent makes
 * no difference: its digest is in the request.
 *
 * @returns the key; null for a kind that is not kept
 */
export function resultKey<K extends JobKind>(kind: K, request: JobRequest<K>): string | null {
  if (!KEPT.has(kind)) return null;
  return sha256(
    JSON.stringify([kind, request], (key, value) => key === "path" ? undefined : value),
  );
}

/** Whether a result may be kept: what failed may succeed when the volume has changed. */
export function isLasting(result: unknown): boolean {
  if (typeof result !== "object" || result === null) return false;
  return !("ok" in result && result.ok === false);
}
