import type { ScoreReport } from "../../shared/contracts/scores.ts";
import { newestFirst } from "./report_files.ts";
import type { ScoreHeading, ScoreStore } from "./score_store.ts";

/** Reports read at the same time by one list: far fewer than the descriptors of a process. */
const READ_AT_ONCE = 100;

/** Which scores are asked for. */
export interface ScoreFilter {
  readonly dataset?: string | undefined;
  readonly model?: string | undefined;
  /** Only what comes after this one in the list; it need not be there any more. */
  readonly after?: Pick<ScoreHeading, "id" | "created_at"> | undefined;
  /** Scores at most. */
  readonly limit: number;
}

/** A page of scores. */
export interface ScorePage {
  /** Newest first. */
  readonly reports: readonly ScoreReport[];
  /** Whether older ones follow. */
  readonly more: boolean;
}

/**
 * Lists scores, newest first; reads the reports of that page alone.
 *
 * @param filter which
 * @param store where scores are
 */
export async function listScores(
  { dataset, model, after, limit }: ScoreFilter,
  store: Pick<ScoreStore, "get" | "headings">,
): Promise<ScorePage> {
  const wanted = (await store.headings()).filter((heading) =>
    (dataset === undefined || heading.dataset === dataset) &&
    (model === undefined || heading.model === model) &&
    (after === undefined || newestFirst(heading, after) > 0)
  );
  const reports: ScoreReport[] = [];
  let at = 0;
  while (at < wanted.length && reports.length < limit) {
    // Side by side: one after another each would wait for its turn under load. Not all of thousands.
    const size = Math.min(limit - reports.length, READ_AT_ONCE);
    const read = await Promise.all(wanted.slice(at, at + size).map(({ id }) => store.get(id)));
    // Null where it was deleted since: the next one takes its place.
    reports.push(...read.filter((report) => report !== null));
    at += size;
  }
  return { reports, more: at < wanted.length };
}
