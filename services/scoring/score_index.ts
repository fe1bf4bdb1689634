import { isDeepStrictEqual } from "node:util";
import type { ScoreReport } from "../../shared/contracts/scores.ts";
import { newestFirst } from "./report_files.ts";
import { shareRuns } from "../../shared/async.ts";
import type { ScoreHeading } from "./score_store.ts";

/** The headings of all scores, in memory; the folders on the volume stay the truth. */
export interface ScoreIndex {
  /** Takes down what was just read or written under an id; null where there is no score (any more). */
  note(id: string, report: ScoreReport | null): void;
  /** Headings, newest first: what was noted is there at once, what others put on the volume soon. */
  headings(): Promise<readonly ScoreHeading[]>;
}

/** What an index looks at. */
export interface ScoreIndexParts {
  /** Lists the ids that have a folder. */
  readonly names: () => readonly string[];
  /** Reads a report and notes it. */
  readonly get: (id: string) => Promise<ScoreReport | null>;
  /** Milliseconds of a clock that never goes back; the process's own unless a test has another. */
  readonly now?: () => number;
}

/**
 * Time between two looks for what others have put on the volume or taken away, in milliseconds. Scoring alone
 * writes there and notes it; a person who restores a backup beside it can wait a moment.
 */
const LOOK_AGAIN_MS = 1000;

/**
 * Knows which scores there are without reading their reports again. An id tells nothing about time: that of
 * an upload follows from its content, that of an evaluation is older than its score. A report that somebody
 * else edits in place keeps its old heading until it is read; whoever reads it calls `note`.
 */
export function createScoreIndex(
  { names, get, now = () => performance.now() }: ScoreIndexParts,
): ScoreIndex {
  const known = new Map<string, ScoreHeading>();
  let looked = -Infinity;
  let ordered: readonly ScoreHeading[] | null = null;

  function note(id: string, report: ScoreReport | null): void {
    const before = known.get(id);
    if (report === null) {
      if (known.delete(id)) ordered = null;
      return;
    }
    const { created_at, dataset, model, evaluation } = report;
    const { uploaded_by, release } = report.provenance;
    const provenance = { uploaded_by, release };
    const heading = { id, created_at, dataset, model, evaluation, provenance };
    if (isDeepStrictEqual(before, heading)) return;
    known.set(id, heading);
    ordered = null;
  }

  async function lookAgain(): Promise<void> {
    const there = new Set(names());
    // Before anything is waited for: what is written from now on is noted, and no leftover.
    for (const id of known.keys()) if (!there.has(id)) note(id, null);
    // One after another: thousands of files at once would exhaust the descriptors.
    for (const id of there) if (!known.has(id)) await get(id);
    looked = now();
  }

  return {
    note,
    headings: shareRuns(async () => {
      if (now() - looked >= LOOK_AGAIN_MS) await lookAgain();
      return ordered ??= [...known.values()].sort(newestFirst);
    }),
  };
}

/**
 * Makes what gives scores their order: the latest is the one that was kept last, also where the wall clock was put
 * back in between, or has not moved on.
 *
 * @returns gives a report a moment that is after that of any other
 */
export function createSequence(
  headings: () => Promise<readonly Pick<ScoreHeading, "id" | "created_at">[]>,
): (report: ScoreReport) => Promise<ScoreReport> {
  let last = { id: "", created_at: "" };
  return async (report) => {
    const kept = await headings();
    // Only now: another report may have got its moment meanwhile.
    const others = [last, ...kept].filter(({ id }) => id !== report.id);
    const newest = others.reduce((most, { created_at: at }) => at > most ? at : most, "");
    const created_at = report.created_at <= newest
      ? new Date(Date.parse(newest) + 1).toISOString()
      : report.created_at;
    last = { id: report.id, created_at };
    return { ...report, created_at };
  };
}
