import { sha256 } from "../content.ts";
import type { JobKind, JobRequest } from "./jobs.ts";

/** Results of jobs, kept by everything that they follow from. */
export interface ResultCache {
  /** The kept result, or null. */
  find<K extends JobKind>(kind: K, request: JobRequest<K>): unknown;
  /**
   * Keeps a result where its kind is kept and it did not fail.
   *
   * @param bytes its size
   */
  keep<K extends JobKind>(kind: K, request: JobRequest<K>, result: unknown, bytes: number): void;
}

/** Kinds whose results follow from their request alone; the others are kept on the volume. */
const KEPT: ReadonlySet<JobKind> = new Set<JobKind>(["compare", "rank", "regroup", "draw"]);

/**
 * Keeps results in memory, those used last. The key is the digest of the whole request, and so of the reports
 * that it names: the digests of truth and predictions are in their provenance, and what a caller may
 * not see is not in the request.
 *
 * @param bytesMax size of all kept results together
 */
export function createResultCache(bytesMax: number): ResultCache {
  const kept = new Map<string, { readonly result: unknown; readonly bytes: number }>();
  let held = 0;
  return {
    find(kind, request): unknown {
      if (!KEPT.has(kind)) return null;
      const key = keyOf(kind, request);
      const found = kept.get(key);
      if (found === undefined) return null;
      kept.delete(key);
      kept.set(key, found);
      return found.result;
    },
    keep(kind, request, result, bytes): void {
      if (!KEPT.has(kind) || result === null || bytes > bytesMax || failed(result)) return;
      const key = keyOf(kind, request);
      held += bytes - (kept.get(key)?.bytes ?? 0);
      kept.set(key, { result, bytes });
      for (const [oldest, { bytes }] of kept) {
        if (held <= bytesMax) break;
        kept.delete(oldest);
        held -= bytes;
      }
    },
  };
}

/** What failed may succeed when the volume has changed. */
function failed(result: unknown): boolean {
  return typeof result === "object" && result !== null && "ok" in result && result.ok === false;
}

/** Where a file lay that was sent makes no difference: its digest is in the request. */
function keyOf(kind: JobKind, request: unknown): string {
  return sha256(
    JSON.stringify([kind, request], (key, value) => key === "path" ? undefined : value),
  );
}
