import type { JSX } from "hono/jsx/jsx-runtime";
import type { Level, LevelReport } from "../../../../shared/contracts/scores.ts";
import { DEFAULT_CONFIDENCE, levelCharts, type LevelCurves } from "../level_charts.ts";
import { type ClusterName, clusterName, operatingPointName } from "../names.ts";
import { renderSvg } from "../render_svg.ts";
import {
  coefficientInterval,
  coefficientText,
  type Column,
  column,
  confidenceText,
  counted,
  intervalText,
  type Limits,
  metricText,
  percentDigits,
  percentText,
  Section,
  Table,
} from "../../../../shared/pages/mod.ts";
import { OperatingPoints } from "./operating_points.tsx";
import { Chart } from "./chart_figure.tsx";

/** Width of a chart on a page with two per row; drawn small, so text keeps the page's size. */
const PAGE_CHART_WIDTH = 440;

interface LevelProps {
  readonly level: Level;
  readonly report: LevelReport;
  readonly curves: LevelCurves;
  /** Whether figures link to their files: not in a standalone file. */
  readonly site: boolean;
}

type Measured = Pick<LevelProps, "level" | "report">;

/** Origin of the scores and labels of each level. */
const MEANINGS: Readonly<Record<Level, string>> = {
  breast: "If a model scores images, the score of a breast is the mean over its views.",
  image: "All images of a breast have the breast's label, even if they do not show the lesion.",
  exam:
    "Where a model scores images or breasts, an exam's score is that of its higher breast. An exam is positive " +
    "when any of its breasts is malignant.",
};

/** All measurements of one level. */
export function LevelSection({ level, report, curves, site }: LevelProps): JSX.Element {
  const id = `${level}-level`;
  const title = `Results by ${level}`;
  if (report.count === 0) {
    return (
      <Section id={id} title={title}>
        <p>Undefined. {report.undefined}.</p>
      </Section>
    );
  }
  return (
    <Section id={id} title={title}>
      <p>
        {counted(report.count, level)}
        {level !== "exam" && ` of ${counted(report.exams, "exam")}`}:{" "}
        {counted(report.positives, "positive")} (malignant) and{" "}
        {counted(report.count - report.positives, "negative")}. {MEANINGS[level]}
      </p>
      <Metrics level={level} report={report} />
      <Weighted level={level} report={report} />
      <LevelChartGrid level={level} report={report} curves={curves} site={site} />
      <Calibration level={level} report={report} />
      <OperatingPoints level={level} report={report} />
    </Section>
  );
}

/** A number with both intervals, as text. */
interface IntervalRow {
  readonly name: string;
  /** A remark, such as what is missing or the ideal value; null for none. */
  readonly note: string | null;
  readonly value: string;
  readonly byExam: string;
  readonly byRow: string;
}

const UNDEFINED = "undefined";
const NONE = "—";

function metricRow(name: string, area: LevelReport["auprc"]): IntervalRow {
  return {
    name,
    note: area.undefined,
    value: area.value === null ? UNDEFINED : metricText(area.value),
    byExam: intervalText(area.ci_by_exam),
    byRow: intervalText(area.ci),
  };
}

function Metrics({ level, report }: Measured): JSX.Element {
  const { auroc, auprc, average_precision, brier, bootstrap } = report;
  const unit = clusterName(report);
  const delong = { ...auroc, ci: auroc.ci_delong, ci_by_exam: auroc.ci_delong_by_exam };
  const rows = [
    metricRow("AUROC", auroc),
    ...auroc.ci_delong === null
      ? []
      : [metricRow("AUROC, DeLong’s method", { ...delong, undefined: null })],
    metricRow("Average precision", average_precision),
    metricRow("AUPRC", { ...auprc, undefined: auprc.undefined ?? auprc.note ?? null }),
    metricRow("Brier score", brier),
  ];
  return (
    <>
      <p>
        Intervals of {confidenceText(bootstrap?.confidence ?? DEFAULT_CONFIDENCE)}. Report those by
        {" "}
        {unit}: {unit === "woman"
          ? "all exams of one woman are not independent."
          : (level === "exam" ? "" : "the breasts and images of one exam are not independent. ") +
            "The women are not known: if a woman has several exams, the intervals are too narrow."}
      </p>
      <IntervalTable label={`Metrics by ${level}`} first="Metric" unit={unit} rows={rows} />
    </>
  );
}

function IntervalTable({ label, first, unit, rows }: {
  readonly label: string;
  /** Heading of the first column. */
  readonly first: string;
  /** What the interval by cluster resamples. */
  readonly unit: ClusterName;
  readonly rows: readonly IntervalRow[];
}): JSX.Element | null {
  const columns: readonly Column<IntervalRow>[] = [
    column("head", first, ({ name, note }) => (
      <>
        {name}
        {note !== null && <small>{note}</small>}
      </>
    )),
    column("number", "Value", ({ value }) => value),
    column("number", `Interval by ${unit}`, ({ byExam }) => byExam),
    column("number", "Interval by row", ({ byRow }) => byRow),
  ];
  return <Table label={label} columns={columns} rows={rows} />;
}

const CAPTIONS = {
  roc:
    "The further the line is above the dashed diagonal, the better the model separates positives from negatives.",
  pr:
    "Share of malignant samples among those that the model calls positive, as more of the positives " +
    "are found. A model that guesses follows the dashed line.",
  calibration: "Points on the dashed diagonal: the score can be read as a probability. Below it " +
    "the scores are too high, above it too low.",
  histogram: "Distribution of the scores of each class, as shares of the class.",
} as const;

/** Charts of a level side by side; default: all. */
export function LevelChartGrid(
  { level, report, curves, site, names = ["roc", "pr", "histogram", "calibration"] }: LevelProps & {
    readonly names?: readonly (keyof typeof CAPTIONS)[];
  },
): JSX.Element {
  const charts = levelCharts({ level, report, curves, subtitle: "", width: PAGE_CHART_WIDTH });
  return (
    <div class="charts">
      {names.map((name) => (
        <Chart
          svg={renderSvg(charts[name])}
          caption={CAPTIONS[name]}
          files={site ? { svg: report.plots[`${name}_svg`], png: report.plots[name] } : undefined}
        />
      ))}
    </div>
  );
}

const percents = (limits: Limits): string => intervalText(limits, percentDigits);
const WEIGHTED = [
  ["auroc", "AUROC", metricText, intervalText],
  ["average_precision", "Average precision", metricText, intervalText],
  ["brier", "Brier score", metricText, intervalText],
  ["slope", "Calibration slope", coefficientText, coefficientInterval],
  ["observed_over_expected", "Observed over expected", coefficientText, coefficientInterval],
  ["prevalence", "Share of positives", percentText, percents],
] as const;
const CALLS = [
  ["sensitivity", "Sensitivity"],
  ["specificity", "Specificity"],
  ["recall_rate", "Recall rate"],
  ["ppv", "Positive predictive value"],
] as const;

/** The measures with each exam counted by its weight; nothing without weights. */
function Weighted({ level, report }: Measured): JSX.Element | null {
  const { weighted } = report;
  if (weighted === undefined) return null;
  const row = (
    name: string,
    { value, ci, undefined: note }: (typeof weighted)["brier"],
    text: (value: number) => string,
    limits: (ci: Limits) => string,
  ): IntervalRow => ({
    ...{ name, note, value: value === null ? UNDEFINED : text(value) },
    ...{ byExam: limits(ci), byRow: NONE },
  });
  const rows = [
    ...WEIGHTED.map(([key, name, text, limits]) => {
      const { ci_logit, ci_beta, ...estimate } = {
        ci_logit: null,
        ci_beta: null,
        ...weighted[key],
      };
      return row(name, { ...estimate, ci: ci_beta ?? ci_logit ?? estimate.ci }, text, limits);
    }),
    ...weighted.operating_points.flatMap((point) =>
      CALLS.map(([key, name]) =>
        row(
          `${name} at ${operatingPointName(point.name)}`,
          { ...point[key], ci: point[key].ci_beta },
          percentText,
          percents,
        )
      )
    ),
  ];
  return (
    <>
      <h3>Weighted to the programme</h3>
      <p>
        Each {level}{" "}
        counts by the weight of its exam (1 / probability of selection). The intervals are those of
        the sampling: Korn and Graubard's for shares, on the logit scale for areas; they hold the
        thresholds fixed. All other tables and charts count every exam once.
      </p>
      <IntervalTable
        {...{ label: `Weighted results by ${level}`, first: "Measure", rows }}
        unit={clusterName(report)}
      />
    </>
  );
}

type Coefficient = LevelReport["calibration"]["slope"];

function coefficientRow(name: string, ideal: string, of: Coefficient): IntervalRow {
  return {
    name,
    note: of.undefined ?? ideal,
    value: of.value === null ? UNDEFINED : coefficientText(of.value),
    byExam: coefficientInterval(of.ci_by_exam),
    byRow: coefficientInterval(of.ci),
  };
}

function Calibration({ level, report }: Measured): JSX.Element {
  const { calibration } = report;
  const { slope, intercept, in_the_large, ece } = calibration;
  const rows = [
    coefficientRow("Slope", "ideal 1; below 1 the scores are too extreme", slope),
    coefficientRow("Intercept", "ideal 0", intercept),
    coefficientRow(
      "Calibration in the large",
      "ideal 0; below 0 the scores are too high",
      in_the_large,
    ),
    {
      name: "Expected calibration error",
      note: ece.undefined ??
        (typeof ece.debiased === "number"
          ? `ideal 0; depends on the bins; without the contribution of chance ${
            metricText(ece.debiased)
          }`
          : "ideal 0; depends on the bins"),
      value: ece.value === null ? UNDEFINED : metricText(ece.value),
      byExam: NONE,
      byRow: NONE,
    },
  ];
  return (
    <>
      <h3>Calibration</h3>
      {calibration.note && <p>{calibration.note}</p>}
      <IntervalTable
        label={`Calibration by ${level}`}
        first="Coefficient"
        unit={clusterName(report)}
        rows={rows}
      />
    </>
  );
}
