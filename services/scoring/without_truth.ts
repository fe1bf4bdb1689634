import type { ScoreReport } from "../../shared/contracts/scores.ts";
import { LABEL_MISMATCH } from "../../shared/domain/mod.ts";

/**
 * Notes of a report that are digests of labels: whoever guesses a list could compute them and see
 * whether the guess is right.
 */
const DIGESTS_OF_TRUTH: ReadonlySet<string> = new Set([
  "content",
  "data_list_sha256",
  "attributes_sha256",
]);

/**
 * A report for callers who may not see the truth of single exams. It has no worst misses, which name
 * exams with their truth; no warnings about the label column of the predictions file, nor their number:
 * whoever fills that column with guesses would be told which are right; and no digest of labels.
 *
 * @param report as it is stored
 */
export function withoutTruth(report: ScoreReport): ScoreReport {
  const { label_mismatches = 0, ...rest } = report;
  const warnings = report.warnings.filter(({ code }) => code !== LABEL_MISMATCH);
  // Reports of earlier versions do not say how many of their warnings are about labels.
  const others = report.label_mismatches === undefined
    ? warnings.length
    : report.warnings_total - label_mismatches;
  // An upload's predictions may hold the labels of the list that came with them.
  const hidden = (key: string): boolean =>
    DIGESTS_OF_TRUTH.has(key) || key === "predictions_sha256" && report.evaluation === null;
  return {
    ...rest,
    misses: { positives: [], negatives: [] },
    warnings,
    warnings_total: others,
    provenance: Object.fromEntries(
      Object.entries(report.provenance).filter(([key]) => !hidden(key)),
    ),
  };
}
