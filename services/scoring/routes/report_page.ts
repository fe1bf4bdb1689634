import { type Caller, Problem } from "../../../shared/http/mod.ts";
import { SCORE_FILES } from "../make_report.ts";
import { type ScoreCurves, writeReportPage } from "../report/mod.ts";
import type { ScoreStore } from "../score_store.ts";
import { findScore, seenBy } from "./find_score.ts";

/**
 * Writes the page of a score as a caller may see it.
 *
 * @param id of the score
 * @param caller who asks
 * @param store where scores are
 * @param kind `site` links to other pages, `alone` is a file of its own
 * @returns HTML
 * @throws {Problem} where there is no such score, or it was made without a page
 */
export async function reportPage(
  id: string,
  caller: Caller,
  store: ScoreStore,
  kind: "site" | "alone",
): Promise<string> {
  const whole = await findScore(id, store);
  const report = seenBy(caller, whole);
  const kept = kind === "alone" && report === whole ? await store.file(id, SCORE_FILES.page) : null;
  if (kept !== null) return new TextDecoder().decode(kept);
  const curves = await store.file(id, SCORE_FILES.curves);
  if (curves === null) {
    throw new Problem(
      "not_found",
      `Score ${id} was made by an earlier version, without a page: score the predictions again`,
    );
  }
  return writeReportPage({
    report,
    curves: JSON.parse(new TextDecoder().decode(curves)) as ScoreCurves,
    site: kind === "site",
  });
}
