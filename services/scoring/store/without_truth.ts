import { type LevelReport, mapLevels, type ScoreReport } from "../../../shared/contracts/scores.ts";
import { tellsTruth } from "../../../shared/domain/mod.ts";

/** Provenance fields that are digests of labels, with which a caller could check a guessed list. */
const DIGESTS_OF_TRUTH: ReadonlySet<string> = new Set([
  "content",
  "data_list_sha256",
  "attributes_sha256",
]);

/**
 * A report for callers who may not see the truth of single exams: without the worst misses, warnings about labels and
 * their number, which would confirm guessed labels, and digests of labels.
 */
export function withoutTruth(report: ScoreReport): ScoreReport {
  const { label_mismatches = 0, ...rest } = report;
  const warnings = report.warnings.filter((warning) => !tellsTruth(warning));
  // Reports of earlier versions do not count their warnings about labels.
  const others = report.label_mismatches === undefined
    ? warnings.length
    : report.warnings_total - label_mismatches;
  // Predictions of an upload may contain the labels of its list.
  const hidden = (key: string): boolean =>
    DIGESTS_OF_TRUTH.has(key) || key === "predictions_sha256" && report.evaluation === null;
  return {
    ...rest,
    levels: mapLevels(report.levels, levelWithoutTruth),
    // Reports of early versions have no subgroups.
    subgroups: (report.subgroups ?? []).map((key) => ({
      ...key,
      groups: key.groups.map((group) => ({
        ...group,
        levels: mapLevels(group.levels, levelWithoutTruth),
      })),
    })),
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

/** Sums of weights tell which exams a threshold finds; thresholds on random parts, the label of each. */
function levelWithoutTruth<T extends Pick<LevelReport, "weighted" | "operating_points">>(
  { weighted: _, ...level }: T,
): Omit<T, "weighted"> {
  const points = level.operating_points.filter(({ chosen }) => chosen === undefined);
  return { ...level, operating_points: points };
}

/** Omits the values of an ensemble's parts, which may be withheld. */
function withoutValues(ensemble: unknown): unknown {
  const { parts = [], ...rest } = ensemble as { readonly parts?: readonly object[] };
  return { ...rest, parts: parts.map((part) => ({ ...part, auroc: undefined })) };
}

const COARSE = "The score is released with values of two digits only";

/** Two-digit values, and nothing that counts single exams, of a report without the truth. */
export function coarsened(report: ScoreReport): ScoreReport {
  return {
    ...report,
    levels: mapLevels(report.levels, coarsenedLevel),
    subgroups: [],
    horizons: undefined,
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

/** Rounds every number in a JSON value to two decimals. */
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
