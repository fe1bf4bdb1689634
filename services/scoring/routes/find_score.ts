import { z } from "@hono/zod-openapi";
import type { ScoreReport } from "../../../shared/contracts/scores.ts";
import { type Caller, Problem } from "../../../shared/http/mod.ts";
import type { ScoreStore } from "../score_store.ts";

/**
 * @param id as the caller wrote it
 * @param store where scores are
 * @throws {Problem} where there is no such score
 */
export async function findScore(id: string, store: ScoreStore): Promise<ScoreReport> {
  const report = z.uuid().safeParse(id).success ? await store.get(id) : null;
  if (report === null) throw new Problem("not_found", `There is no score ${JSON.stringify(id)}`);
  return report;
}

/**
 * @param ids as the caller wrote them
 * @param store where scores are
 * @throws {Problem} where there is no such score, or one is named twice
 */
export async function findScores(
  ids: readonly string[],
  store: ScoreStore,
): Promise<ScoreReport[]> {
  const twice = ids.find((id, at) => ids.indexOf(id) < at);
  if (twice !== undefined) {
    throw new Problem("invalid_request", `scores: ${twice} is there twice`);
  }
  return await Promise.all(ids.map((id) => findScore(id, store)));
}

/**
 * A report as a caller may see it: the worst misses of a registered dataset name single exams with their
 * truth, which model authors do not see.
 *
 * @param caller who asks
 * @param report the score
 */
export function seenBy(caller: Caller, report: ScoreReport): ScoreReport {
  return caller.role === "submit" && report.dataset !== null
    ? { ...report, misses: { positives: [], negatives: [] } }
    : report;
}
