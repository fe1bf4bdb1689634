import type { JSX } from "hono/jsx/jsx-runtime";
import type {
  Level,
  LevelReport,
  OperatingPointReport,
} from "../../../../shared/contracts/scores.ts";
import { DEFAULT_CONFIDENCE } from "../level_charts.ts";
import { type ClusterName, clusterName, operatingPointName } from "../names.ts";
import {
  type Column,
  column,
  confidenceText,
  counted,
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

/** Metrics of an operating point that are shares. */
export const SHARES = [
  ["sensitivity", "Sensitivity"],
  ["specificity", "Specificity"],
  ["ppv", "Positive predictive value"],
  ["npv", "Negative predictive value"],
  ["recall_rate", "Recall rate"],
] as const;
const RATES = [...SHARES, ["cancer_detection_rate", "Cancers found per 1,000 exams"]] as const;

/** PPV of recalled exams, PPV1 in screening. */
const PPV_OF_EXAMS = "Positive predictive value (PPV1)";

/** Metrics at chosen thresholds, one table each, so that it fits on paper. */
export function OperatingPoints({ level, report }: {
  readonly level: Level;
  readonly report: LevelReport;
}): JSX.Element | null {
  const points = report.operating_points;
  if (points.length === 0) return null;
  const unit = clusterName(report);
  const confidence = confidenceText(report.bootstrap?.confidence ?? DEFAULT_CONFIDENCE);
  return (
    <>
      <h3>At chosen thresholds</h3>
      <p>
        {level === "breast" ? "A breast" : `An ${level}`}{" "}
        is called positive when its score is at or above the threshold. Intervals of{" "}
        {confidence}. Where the threshold was chosen on these exams, for a sensitivity or
        specificity, the interval by {unit} chooses it again on each set of{" "}
        {unit === "woman" ? "women" : "exams"}{" "}
        that is drawn. The last column holds this threshold fixed. A threshold that was chosen on
        some women is reported on the others alone.
      </p>
      {points.map((point) => <PointTable level={level} point={point} unit={unit} />)}
    </>
  );
}

function PointTable({ level, point, unit }: {
  readonly level: Level;
  readonly unit: ClusterName;
  readonly point: OperatingPointReport;
}): JSX.Element | null {
  const { threshold, at_prevalence } = point;
  const name = operatingPointName(point.name);
  if (point.undefined !== null || (threshold === null && point.chosen === undefined)) {
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
          <strong>{name}</strong>: {point.chosen === undefined
            ? `threshold ${scoreText(threshold!)}.${choiceText(point)}`
            : tunedText(point, level)}
        </>
      }
      columns={columnsOf(at_prevalence, unit)}
      rows={RATES.map(([key, title]): RateRow => ({
        title: key === "ppv" && level === "exam" ? PPV_OF_EXAMS : title,
        rate: point[key],
        perThousand: key === "cancer_detection_rate",
        reweighted: at_prevalence !== null && key in at_prevalence
          ? at_prevalence[key as "ppv"]
          : null,
      }))}
    />
  );
}

/** What choosing a threshold on these exams means for other exams. */
function choiceText(point: OperatingPointReport): string {
  const [, rate, share] = /^(sensitivity|specificity)>=(.*)$/.exec(point.name) ?? [];
  if (rate === undefined || typeof point.reaches_target !== "number") return "";
  const { of } = point[rate as "sensitivity"];
  const noun = rate === "sensitivity" ? "malignant" : "healthy";
  const target = percentText(Number(share));
  return ` With ${
    countText(of)
  } ${noun} to choose on, a threshold for ${target} reaches ${target} ` +
    `on other women in ${Math.round(point.reaches_target * 10)} of 10 test sets.`;
}

/** Which samples a threshold was chosen on, and which are reported. */
function tunedText({ chosen = [], reported = 0 }: OperatingPointReport, level: Level): string {
  const parts = chosen.map(({ part, threshold, chosen_on: on, specificity_to_expect: expected }) =>
    `${part === null ? "" : `${part}: `}threshold ${scoreText(threshold)}, chosen on ${
      counted(on.exams, level)
    }, ${countText(on.cancers)} malignant${
      expected === null ? "" : `; specificity to expect on other women ${percentsText(expected)}`
    }. `
  );
  return `${parts.join("")}The table has ${
    counted(reported, level)
  }, each called by a threshold that was chosen without it.`;
}

function percentsText([low, high]: readonly [number, number]): string {
  return `${percentDigits(low)} to ${percentText(high)}`;
}

interface RateRow {
  readonly title: string;
  readonly rate: Rate;
  readonly perThousand: boolean;
  /** At the requested prevalence; null if the rate does not depend on it. */
  readonly reweighted: Reweighted | null;
}

function baseColumns(unit: ClusterName): Column<RateRow>[] {
  return [
    column("head", "Rate", ({ title, rate }) => (
      <>
        {title}
        {rate.undefined !== null && <small class="note">{rate.undefined}</small>}
      </>
    )),
    column("number", "Value", (row) => valueText(row, row.rate.value)),
    column("number", "Counted", ({ rate }) => `${countText(rate.count)} of ${countText(rate.of)}`),
    column("number", `Interval by ${unit}`, (row) => limitsText(row, row.rate.ci_by_exam)),
    column("number", "This threshold held fixed", (row) => limitsText(row, fixedOf(row.rate))),
  ];
}

/** Scores of earlier versions have only intervals at a fixed threshold. */
function fixedOf(rate: Reweighted): Limits {
  return rate.ci_fixed_threshold_by_exam ?? rate.ci_fixed_threshold ?? rate.ci;
}

function columnsOf(
  at: OperatingPointReport["at_prevalence"],
  unit: ClusterName,
): readonly Column<RateRow>[] {
  if (at === null) return baseColumns(unit);
  return [
    ...baseColumns(unit),
    column("number", `At a prevalence of ${percentText(at.prevalence)}`, (row) => {
      const { reweighted } = row;
      if (reweighted === null) return "the same";
      if (reweighted.value === null) return "undefined";
      return (
        <>
          {valueText(row, reweighted.value)}
          <small>{limitsText(row, reweighted.ci_by_exam ?? reweighted.ci)}</small>
          {reweighted.note && (
            <small>
              {valueText(row, reweighted.raw ?? null)} as counted. {reweighted.note}
            </small>
          )}
        </>
      );
    }),
  ];
}

function valueText({ perThousand }: RateRow, value: number | null): string {
  if (value === null) return "undefined";
  return perThousand ? perThousandText(value) : percentText(value);
}

function limitsText({ perThousand }: RateRow, limits: Limits): string {
  return intervalText(limits, perThousand ? perThousandText : percentDigits);
}

/** A rate per thousand: one decimal. */
function perThousandText(rate: number): string {
  return rate.toFixed(1);
}
