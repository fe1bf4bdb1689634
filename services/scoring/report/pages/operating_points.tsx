import type { JSX } from "hono/jsx/jsx-runtime";
import type {
  Level,
  LevelReport,
  OperatingPointReport,
} from "../../../../shared/contracts/scores.ts";
import { DEFAULT_CONFIDENCE } from "../level_charts.ts";
import { operatingPointName } from "../operating_point_name.ts";
import {
  type Column,
  confidenceText,
  countText,
  intervalText,
  type Limits,
  percentDigits,
  percentText,
  scoreText,
  Table,
} from "../../../../shared/pages/mod.ts";

type Rate = OperatingPointReport["sensitivity"];
type Reweighted = NonNullable<OperatingPointReport["at_prevalence"]>["ppv"];

/** Rows of the table: what is counted. */
const RATES = [
  ["sensitivity", "Sensitivity"],
  ["specificity", "Specificity"],
  ["ppv", "Positive predictive value"],
  ["npv", "Negative predictive value"],
  ["recall_rate", "Recall rate"],
  ["cancer_detection_rate", "Cancers found per 1,000 exams"],
] as const;

/** What happens at chosen thresholds: a table for each, so that it fits on paper. */
export function OperatingPoints({ level, report }: {
  readonly level: Level;
  readonly report: LevelReport;
}): JSX.Element | null {
  const points = report.operating_points;
  if (points.length === 0) return null;
  const confidence = confidenceText(report.bootstrap?.confidence ?? DEFAULT_CONFIDENCE);
  return (
    <>
      <h3>At chosen thresholds</h3>
      <p>
        {level === "image" ? "An image" : "A breast"}{" "}
        is called positive when its score is at or above the threshold. Thresholds that were chosen
        for a sensitivity or specificity were chosen on these exams: on others they will do somewhat
        worse than their intervals ({confidence}) say.
      </p>
      {points.map((point) => <PointTable level={level} point={point} />)}
    </>
  );
}

function PointTable({ level, point }: {
  readonly level: Level;
  readonly point: OperatingPointReport;
}): JSX.Element | null {
  const { threshold, at_prevalence } = point;
  const name = operatingPointName(point.name);
  if (threshold === null) {
    return (
      <p>
        <strong>{name}:</strong> {point.undefined ?? "no threshold has this"}
      </p>
    );
  }
  return (
    <Table
      label={`Operating point ${name}, by ${level}`}
      caption={
        <>
          <strong>{name}</strong>: threshold {scoreText(threshold)}
        </>
      }
      columns={columnsOf(at_prevalence)}
      rows={RATES.map(([key, title]): RateRow => ({
        title,
        rate: point[key],
        perThousand: key === "cancer_detection_rate",
        reweighted: at_prevalence !== null && key in at_prevalence
          ? at_prevalence[key as "ppv"]
          : null,
      }))}
    />
  );
}

/** A rate with how it is written. */
interface RateRow {
  readonly title: string;
  readonly rate: Rate;
  readonly perThousand: boolean;
  /** At the prevalence that was asked for; null: the rate does not depend on it. */
  readonly reweighted: Reweighted | null;
}

const COLUMNS: readonly Column<RateRow>[] = [
  {
    title: "Rate",
    kind: "head",
    cell: ({ title, rate }) => (
      <>
        {title}
        {rate.undefined !== null && <small class="note">{rate.undefined}</small>}
      </>
    ),
  },
  { title: "Value", kind: "number", cell: (row) => valueText(row, row.rate.value) },
  {
    title: "Counted",
    kind: "number",
    cell: ({ rate }) => `${countText(rate.count)} of ${countText(rate.of)}`,
  },
  {
    title: "Interval by exam",
    kind: "number",
    cell: (row) => limitsText(row, row.rate.ci_by_exam),
  },
  { title: "Interval (Wilson)", kind: "number", cell: (row) => limitsText(row, row.rate.ci) },
];

function columnsOf(
  at: OperatingPointReport["at_prevalence"],
): readonly Column<RateRow>[] {
  if (at === null) return COLUMNS;
  return [...COLUMNS, {
    title: `At a prevalence of ${percentText(at.prevalence)}`,
    kind: "number",
    cell: (row) => {
      const { reweighted } = row;
      if (reweighted === null) return "the same";
      if (reweighted.value === null) return "undefined";
      return (
        <>
          {valueText(row, reweighted.value)}
          <small>{limitsText(row, reweighted.ci_by_exam ?? reweighted.ci)}</small>
        </>
      );
    },
  }];
}

function valueText({ perThousand }: RateRow, value: number | null): string {
  if (value === null) return "undefined";
  return perThousand ? perThousandText(value) : percentText(value);
}

function limitsText({ perThousand }: RateRow, limits: Limits): string {
  return intervalText(limits, perThousand ? perThousandText : percentDigits);
}

/** A rate that is per thousand already: one decimal. */
function perThousandText(rate: number): string {
  return rate.toFixed(1);
}
