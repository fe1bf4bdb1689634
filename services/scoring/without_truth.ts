import { type LevelReport, mapLevels, type ScoreReport } from "../../shared/contracts/scores.ts";
import { tellsTruth } from "../../shared/domain/mod.ts";

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
 * exams with their truth; no warnings that depend on labels, nor their number: whoever fills the label
 * column of the predictions file with guesses would be told which are right; and no digest of labels.
 */
export function withoutTruth(report: ScoreReport): ScoreReport {
  const { label_mismatches = 0, ...rest } = report;
  const warnings = report.warnings.filter((warning) => !tellsTruth(warning));
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
      Object.entries(report.provenance).filter(([key]) => !hidden(key)).map((
        [key, value],
      ) => [key, key === "ensemble" ? withoutValues(value) : value]),
    ),
  };
}

/** The parts of an ensemble may be withheld: their values are theirs to show. */
function withoutValues(ensemble: unknown): unknown {
  const { parts = [], ...rest } = ensemble as { readonly parts?: readonly object[] };
  return { ...rest, parts: parts.map((part) => ({ ...part, auroc: undefined })) };
}

const COARSE = "The score is released with values of two digits only";

/**
 * A report with values of two digits, and without whatever counts single exams: operating points, bins,
 * histograms, subgroups.
 *
 * @param report without the truth
 */
export function coarsened(report: ScoreReport): ScoreReport {
  return {
    ...report,
    levels: mapLevels(report.levels, coarsenedLevel),
    subgroups: [],
    warnings: [],
    warnings_total: 0,
  };
}

function coarsenedLevel(level: LevelReport): LevelReport {
  const nothing = { value: null, ci: null, ci_by_exam: null, undefined: COARSE };
  return {
    ...rounded(level),
    operating_points: [],
    calibration: {
      bins: [],
      slope: nothing,
      intercept: nothing,
      in_the_large: nothing,
      ece: { value: null, undefined: COARSE },
      undefined: COARSE,
    },
    histogram: { edges: [], positives: [], negatives: [] },
  };
}

/**
 * Rounds every number of a value to two digits.
 *
 * @param value as JSON can hold it
 */
export function rounded<T>(value: T): T {
  const round = (inside: unknown): unknown =>
    typeof inside === "number"
      ? Math.round(inside * 100) / 100
      : Array.isArray(inside)
      ? inside.map(round)
      : typeof inside === "object" && inside !== null
      ? Object.fromEntries(Object.entries(inside).map(([key, part]) => [key, round(part)]))
      : inside;
  return round(value) as T;
}
