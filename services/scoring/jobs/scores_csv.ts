import {
  type GroupLevel,
  LEVELS,
  type OperatingPointReport,
  type ScoreReport,
} from "../../../shared/contracts/scores.ts";
import { type Cell, writeTable } from "../../../shared/format/mod.ts";

const AREAS = ["auroc", "auprc", "average_precision", "brier"] as const;
const SHARES = [
  ...["sensitivity", "specificity", "ppv", "npv", "recall_rate", "cancer_detection_rate"] as const,
] as const;
const REWEIGHTED = ["ppv", "npv", "recall_rate", "cancer_detection_rate"] as const;
const COEFFICIENTS = ["slope", "intercept", "in_the_large"] as const;

const COLUMNS = [
  ...["score", "model", "experiment", "evaluation", "created_at", "level", "subgroup_key"],
  ...["subgroup", "samples", "positives", "exams", "operating_point", "threshold", "prevalence"],
  ...["metric", "value", "ci_low", "ci_high", "ci_by_exam_low", "ci_by_exam_high"],
  ...["ci_fixed_threshold_by_exam_low", "ci_fixed_threshold_by_exam_high", "undefined"],
];

/** Reports as their reader may see them, and whether the header comes first. */
export interface ExportRequest {
  readonly reports: readonly ScoreReport[];
  readonly isFirst: boolean;
}

interface Estimate {
  readonly value: number | null;
  readonly ci: readonly [number, number] | null;
  readonly ci_by_exam: readonly [number, number] | null;
  readonly ci_fixed_threshold_by_exam?: readonly [number, number] | null | undefined;
  readonly undefined: string | null;
}

/** One row per score, level, subgroup, operating point and metric; undefined values are empty with a reason. */
export function scoresCsv(reports: readonly ScoreReport[], isFirst = true): string {
  const csv = writeTable(COLUMNS, reports.flatMap(rowsOf), { escapeFormulas: true });
  return isFirst ? csv : csv.slice(csv.indexOf("\n") + 1);
}

function rowsOf(report: ScoreReport): Cell[][] {
  const { id, model, experiment, evaluation, created_at } = report;
  const rows = (level: string, part: Omit<GroupLevel, "too_small">, group: Cell[]): Cell[][] => {
    const head = [id, model, experiment, evaluation, created_at, level, ...group];
    return levelRows(part).map((row) => [...head, part.count, part.positives, part.exams, ...row]);
  };
  return LEVELS.flatMap((level) => [
    ...report.levels[level] === undefined ? [] : rows(level, report.levels[level], [null, null]),
    ...report.subgroups.flatMap(({ key, groups }) =>
      groups.flatMap(({ group, levels }) =>
        levels[level] === undefined ? [] : rows(level, levels[level], [key, group ?? "unknown"])
      )
    ),
  ]);
}

function levelRows(level: Omit<GroupLevel, "too_small">): Cell[][] {
  const none = [null, null, null];
  return [
    ...AREAS.map((name) => [...none, name, ...cellsOf(level[name])]),
    ...COEFFICIENTS.map((name) => [
      ...none,
      `calibration_${name}`,
      ...cellsOf(level.calibration[name]),
    ]),
    ...level.operating_points.flatMap(pointRows),
  ];
}

function pointRows(point: OperatingPointReport): Cell[][] {
  const { name, threshold, at_prevalence: at } = point;
  return [
    ...SHARES.map((share) => [name, threshold, null, share, ...cellsOf(point[share])]),
    ...at === null
      ? []
      : REWEIGHTED.map((share) => [name, threshold, at.prevalence, share, ...cellsOf(at[share])]),
  ];
}

function cellsOf(estimate: Estimate): Cell[] {
  const { value, ci, ci_by_exam, ci_fixed_threshold_by_exam: fixed = null } = estimate;
  const limits = [ci, ci_by_exam, fixed].flatMap((interval) => interval ?? [null, null]);
  return [value, ...limits, estimate.undefined];
}
