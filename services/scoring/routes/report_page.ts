import type { ScoreReport } from "../../../shared/contracts/scores.ts";
import { StoredFileDamaged } from "../../../shared/volume/mod.ts";
import { type Caller, mayDo, Problem } from "../../../shared/http/mod.ts";
import { type ScoreCurves } from "../report/mod.ts";
import { writeReportPage } from "../report/pages/mod.ts";
import { isShown, readScoresAs, refuseUnreleased } from "../store/score_reader.ts";
import { SCORE_FILES, type ScoreStore } from "../store/score_store.ts";

/**
 * Writes the page of a score as the caller may see it.
 * @param kind `site` links to other pages, `alone` is a standalone file
 * @throws {Problem} if the score does not exist, is withheld, or was made without a page
 */
export async function reportPage(
  id: string,
  caller: Caller,
  store: ScoreStore,
  kind: "site" | "alone",
): Promise<string> {
  const reader = readScoresAs(caller, store);
  const score = await reader.find(id);
  if (!isShown(score)) return refuseUnreleased(score);
  const { shown: report, truth, released } = score;
  const site = kind === "site";
  if (!truth && released === "coarse") return writeReportPage({ report, curves: null, site });
  const kept = !site && truth ? await reader.file(score, SCORE_FILES.page) : null;
  if (kept !== null) return new TextDecoder().decode(kept);
  const curves = await reader.file(score, SCORE_FILES.curves);
  if (curves === null) {
    throw new Problem(
      "not_found",
      `Score ${id} was created by an earlier version, without a page: score the predictions again`,
    );
  }
  return writeReportPage({
    report,
    mayRelease: mayDo(caller.role, "admin"),
    curves: readCurves(curves, report),
    site,
  });
}

/** Throws StoredFileDamaged if a level of the report has no curves. */
function readCurves(bytes: Uint8Array, { levels }: ScoreReport): ScoreCurves {
  try {
    const curves = JSON.parse(new TextDecoder().decode(bytes));
    if (Object.keys(levels).every((level) => typeof curves[level] === "object")) return curves;
  } catch {
    // Truncated; handled below.
  }
  throw new StoredFileDamaged(
    SCORE_FILES.curves,
    "it differs from what was stored, or is incomplete",
  );
}
