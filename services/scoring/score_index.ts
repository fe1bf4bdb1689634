import type { ScoreReport } from "../../shared/contracts/scores.ts";
import { newestFirst } from "./report_files.ts";

/** What lists are ordered and filtered by, a few hundred bytes of a report of some 20 kB. */
export type ScoreHeading = Pick<ScoreReport, "id" | "created_at" | "dataset" | "model">;

/** The headings of all scores, in memory; the folders on the volume stay the truth. */
export interface ScoreIndex {
  /** Takes down what was just read or written under an id; null where there is no score (any more). */
  note(id: string, report: ScoreReport | null): void;
  /** Headings, newest first: names are listed at every call, reports read once. */
  headings(): Promise<readonly ScoreHeading[]>;
}

/**
 * Knows which scores there are without reading their reports again. An id tells nothing about time: that of
 * an upload follows from its content, that of an evaluation is older than its score. A report that somebody
 * else edits in place keeps its old heading until it is read; whoever reads it calls `note`.
 *
 * @param names lists the ids that have a folder
 * @param get reads a report and notes it
 */
export function createScoreIndex(
  names: () => Promise<readonly string[]>,
  get: (id: string) => Promise<ScoreReport | null>,
): ScoreIndex {
  const known = new Map<string, ScoreHeading>();
  let ordered: readonly ScoreHeading[] | null = null;

  function note(id: string, report: ScoreReport | null): void {
    const before = known.get(id);
    if (report === null) {
      if (known.delete(id)) ordered = null;
      return;
    }
    const { created_at, dataset, model } = report;
    if (before?.created_at === created_at && before.dataset === dataset && before.model === model) {
      return;
    }
    known.set(id, { id, created_at, dataset, model });
    ordered = null;
  }

  return {
    note,
    async headings(): Promise<readonly ScoreHeading[]> {
      const there = await names();
      // One after another: thousands of files at once would exhaust the descriptors.
      for (const id of there) if (!known.has(id)) await get(id);
      const present = new Set(there);
      // What was written since the names were listed waits for the next call, or is here already.
      for (const id of known.keys()) if (!present.has(id)) note(id, null);
      return ordered ??= [...known.values()].sort(newestFirst);
    },
  };
}
