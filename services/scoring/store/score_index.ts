import { isDeepStrictEqual } from "node:util";
import { mainLevelOf, type ScoreReport } from "../../../shared/contracts/scores.ts";
import { newestFirst } from "./report_files.ts";
import { singleFlight } from "../../../shared/async.ts";
import type { ScoreHeading } from "./score_store.ts";

/** In-memory index of all score headings; the folders on the volume are the source of truth. */
export interface ScoreIndex {
  /** Records what was just read or written for an ID; null if the score does not exist. */
  note(id: string, report: ScoreReport | null): void;
  /** Headings, newest first. Recorded changes appear at once, others on the volume soon. */
  headings(): Promise<readonly ScoreHeading[]>;
}

export interface ScoreIndexParts {
  readonly names: () => readonly string[];
  readonly get: (id: string) => Promise<ScoreReport | null>;
  /** Monotonic clock in milliseconds; replaced in tests. */
  readonly now?: () => number;
}

/** Milliseconds between scans of the volume: only scoring writes there, except a restored backup. */
const LOOK_AGAIN_MS = 1000;

/**
 * Lists scores without re-reading their reports. IDs do not tell the time: an upload's follows from its content, and
 * an evaluation's is older than its score.
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
    const { created_at, dataset, model, evaluation, experiment, levels, name, notes } = report;
    const { uploaded_by, release } = report.provenance;
    const provenance = { uploaded_by, release };
    const auroc = levels[mainLevelOf(levels)]?.auroc.value ?? null;
    const heading = {
      ...{ id, created_at, dataset, model, evaluation, experiment, auroc, provenance },
      ...name === undefined ? {} : { name },
      ...notes === undefined ? {} : { notes },
    };
    if (isDeepStrictEqual(before, heading)) return;
    known.set(id, heading);
    ordered = null;
  }

  async function lookAgain(): Promise<void> {
    const there = new Set(names());
    // Before any await, so that scores recorded from now on are not removed.
    for (const id of known.keys()) if (!there.has(id)) note(id, null);
    // One at a time: thousands of open files would exhaust the descriptors.
    for (const id of there) if (!known.has(id)) await get(id);
    looked = now();
  }

  return {
    note,
    headings: singleFlight(async () => {
      if (now() - looked >= LOOK_AGAIN_MS) await lookAgain();
      return ordered ??= [...known.values()].sort(newestFirst);
    }),
  };
}

/** Sets a report's `created_at` after that of all others, whatever the wall clock does. */
export function createSequence(
  headings: () => Promise<readonly Pick<ScoreHeading, "id" | "created_at">[]>,
): (report: ScoreReport) => Promise<ScoreReport> {
  let last = { id: "", created_at: "" };
  return async (report) => {
    const kept = await headings();
    // Read after the await: another report may have been sequenced meanwhile.
    const others = [last, ...kept].filter(({ id }) => id !== report.id);
    const newest = others.reduce((most, { created_at: at }) => at > most ? at : most, "");
    const created_at = report.created_at <= newest
      ? new Date(Date.parse(newest) + 1).toISOString()
      : report.created_at;
    last = { id: report.id, created_at };
    return { ...report, created_at };
  };
}
