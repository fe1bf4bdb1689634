import { z } from "@hono/zod-openapi";
import type { ScoreReport } from "../../../shared/contracts/scores.ts";
import { LABEL_MISMATCH } from "../../../shared/domain/mod.ts";
import { type Caller, keepTruth, Problem } from "../../../shared/http/mod.ts";
import type { ScoreStore } from "../score_store.ts";

/**
 * @param id as the caller wrote it
 * @param store where scores are
 * @throws {Problem} where there is no such score
 */
export async function findScore(id: string, store: ScoreStore): Promise<ScoreReport> {
  const report = z.uuid().safeParse(id).success ? await store.get(id) : null;
  if (report === null) {
    throw new Problem(
      "not_found",
      `There is no score ${JSON.stringify(id)}: GET /v1/scores lists them`,
    );
  }
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
 * Tells whether a caller may see the truth of single exams in a score. A model author may in what they
 * have uploaded themselves: of a registered dataset, or of a list that somebody else has uploaded, it is
 * not theirs to know.
 *
 * @param caller who asks
 * @param report the score
 */
export function knowsTruth({ role, user }: Caller, report: ScoreReport): boolean {
  return role !== "submit" ||
    report.dataset === null && report.provenance["uploaded_by"] === user;
}

/**
 * @param caller who asks
 * @param report the score
 * @param what is asked for, for the refusal
 * @throws {Problem} `forbidden` where the caller may not see the truth of single exams
 */
export function keepTruthOf(caller: Caller, report: ScoreReport, what: string): void {
  if (!knowsTruth(caller, report)) keepTruth(caller, what);
}

/**
 * A report as a caller may see it. The worst misses name single exams with their truth, and so do the
 * warnings about labels of the predictions file: whoever fills that column with guesses would be
 * told which are right.
 *
 * @param caller who asks
 * @param report the score
 */
export function seenBy(caller: Caller, report: ScoreReport): ScoreReport {
  if (knowsTruth(caller, report)) return report;
  const warnings = report.warnings.filter(({ code }) => code !== LABEL_MISMATCH);
  const left = report.warnings.length - warnings.length;
  return {
    ...report,
    misses: { positives: [], negatives: [] },
    warnings,
    warnings_total: report.warnings_total - left,
  };
}
