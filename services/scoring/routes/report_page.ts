import { StoredFileDamaged } from "../../../shared/volume/mod.ts";
import { type Caller, mayDo, Problem } from "../../../shared/http/mod.ts";
import { type ScoreCurves } from "../report/mod.ts";
import { mainLevelOf } from "../../../shared/contracts/scores.ts";
import {
  type ReportPageData,
  type ThresholdPoint,
  writeReportPage,
  writeWordTable,
} from "../report/pages/mod.ts";
import { isShown, readScoresAs, refuseUnreleased } from "../store/score_reader.ts";
import type { ScoreReader, SeenScore } from "../store/score_reader.ts";
import { SCORE_FILES, type ScoreStore } from "../store/score_store.ts";

/**
 * Writes the page of a score: `site` links to other pages, `alone` is a standalone file; `asked` is a slider position.
 * @throws {Problem} if the score does not exist, is withheld, or was made without a page
 */
export async function reportPage(
  id: string,
  caller: Caller,
  store: ScoreStore,
  kind: "site" | "alone",
  asked?: string,
): Promise<string> {
  const reader = readScoresAs(caller, store);
  const score = await reader.find(id);
  if (!isShown(score)) return refuseUnreleased(score);
  const { shown: report, truth, released } = score;
  const site = kind === "site";
  if (!truth && released === "coarse") return writeReportPage({ report, curves: null, site });
  const kept = !site && truth ? await reader.file(score, SCORE_FILES.page) : null;
  if (kept !== null) return new TextDecoder().decode(kept);
  const curves = await curvesOf(score, reader);
  if (curves === null) {
    throw new Problem(
      "not_found",
      `Score ${id} was created by an earlier version, without a page: score the predictions again`,
    );
  }
  return writeReportPage({
    report,
    mayRelease: mayDo(caller.role, "admin"),
    curves,
    site,
    ...truth && site ? { tries: await triesOf(score, reader, asked) } : {},
  });
}

/**
 * Writes the main results of a score as a document for Word, as the caller may see them.
 * @throws {Problem} if the score does not exist or is withheld
 */
export async function wordTable(id: string, caller: Caller, store: ScoreStore): Promise<string> {
  const score = await readScoresAs(caller, store).find(id);
  return isShown(score) ? writeWordTable(score.shown) : refuseUnreleased(score);
}

/** Thresholds of the slider: as many as it has positions on a narrow screen. */
const THRESHOLDS_TRIED = 101;

/** Evenly chosen thresholds of the main level, by rising threshold; none if the curve is undefined or was lost. */
async function triesOf(
  score: SeenScore,
  reader: Pick<ScoreReader, "file">,
  asked: string | undefined,
): Promise<NonNullable<ReportPageData["tries"]>> {
  const bytes = await reader.file(score, `${mainLevelOf(score.whole.levels)}_curves.csv`);
  const end = bytes === null ? 0 : Math.max(0, Buffer.from(bytes).indexOf("\npr,"));
  const text = new TextDecoder().decode(bytes?.subarray(0, end));
  const points: ThresholdPoint[] = [];
  // Lines at equal distances instead of all lines: a file may have hundreds of thousands.
  for (let at = 0; at < THRESHOLDS_TRIED; at++) {
    const from = text.indexOf("\nroc,", Math.floor(at / THRESHOLDS_TRIED * text.length));
    if (from < 0) break;
    const line = text.slice(from + 1, text.indexOf("\n", from + 1) >>> 0);
    const [threshold, falsePositiveRate, sensitivity] = line.split(",").slice(1).map(Number);
    const isNew = threshold !== points.at(-1)?.threshold;
    if (isNew && Number.isFinite(threshold) && sensitivity !== undefined) {
      points.push({ threshold: threshold!, falsePositiveRate: falsePositiveRate!, sensitivity });
    }
  }
  return { points: points.toReversed(), ...asked === undefined ? {} : { asked } };
}

/**
 * The curves of a score; null if it was made by an earlier version, without any.
 * @throws {Problem} if the caller may not see them
 * @throws {StoredFileDamaged} if a level of the report has none
 */
export async function curvesOf(
  score: SeenScore,
  reader: Pick<ScoreReader, "file">,
): Promise<ScoreCurves | null> {
  const bytes = await reader.file(score, SCORE_FILES.curves);
  if (bytes === null) return null;
  try {
    const curves = JSON.parse(new TextDecoder().decode(bytes));
    const levels = Object.keys(score.whole.levels);
    if (levels.every((level) => typeof curves[level] === "object")) return curves;
  } catch {
    // Truncated; handled below.
  }
  throw new StoredFileDamaged(
    SCORE_FILES.curves,
    "it differs from what was stored, or is incomplete",
  );
}
