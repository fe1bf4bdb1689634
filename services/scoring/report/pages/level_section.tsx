import type { JSX } from "hono/jsx/jsx-runtime";
import type { Level, LevelReport } from "../../../../shared/contracts/scores.ts";
import { levelCharts, type LevelCurves } from "../level_charts.ts";
import { renderSvg } from "../render_svg.ts";
import {
  coefficientInterval,
  coefficientText,
  confidenceText,
  counted,
  intervalText,
  type Limits,
  metricText,
} from "./number_text.ts";
import { OperatingPoints } from "./operating_points.tsx";
import { Chart, ScrollingTable } from "./page_frame.tsx";

/** Charts of a page stand two in a row: drawn small, their text stays as large as the page's. */
const PAGE_CHART_WIDTH = 440;

interface LevelProps {
  readonly level: Level;
  readonly report: LevelReport;
  readonly curves: LevelCurves;
}

/** Everything that was measured at one level. */
export function LevelSection({ level, report, curves }: LevelProps): JSX.Element {
  const id = `${level}-level`;
  const noun = level === "breast" ? "breast" : "image";
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{level === "breast" ? "Results by breast" : "Results by image"}</h2>
      <p>
        {counted(report.count, noun)} of {counted(report.exams, "exam")}:{" "}
        {counted(report.positives, "positive")} (malignant) and{" "}
        {counted(report.count - report.positives, "negative")}. {level === "breast"
          ? "Where a model scores images, a breast's score is the mean over its views."
          : "All images of a breast carry the breast's label, also those that do not show the lesion."}
      </p>
      <MetricsTable level={level} report={report} />
      <LevelChartGrid level={level} report={report} curves={curves} />
      <Calibration level={level} report={report} />
      <OperatingPoints level={level} report={report} />
    </section>
  );
}

interface MetricRow {
  readonly name: string;
  readonly value: number | null;
  readonly byExam: Limits;
  readonly byRow: Limits;
  readonly reason: string | null;
}

function MetricsTable({ level, report }: Omit<LevelProps, "curves">): JSX.Element {
  const { auroc, auprc, average_precision, brier, bootstrap } = report;
  const area = (name: string, of: typeof auprc): MetricRow => ({
    name,
    value: of.value,
    byExam: of.ci_by_exam,
    byRow: of.ci,
    reason: of.undefined,
  });
  const rows: MetricRow[] = [
    area("AUROC", auroc),
    ...(auroc.ci_delong === null ? [] : [{
      name: "AUROC, DeLong’s method",
      value: auroc.value,
      byExam: auroc.ci_delong_by_exam,
      byRow: auroc.ci_delong,
      reason: null,
    }]),
    area("AUPRC", auprc),
    area("Average precision", average_precision),
    area("Brier score", brier),
  ];
  const confidence = confidenceText(bootstrap?.confidence ?? 0.95);
  return (
    <>
      <p>
        Intervals of{" "}
        {confidence}. Report those by exam: the breasts and images of one woman are not independent.
      </p>
      <ScrollingTable label={`Metrics by ${level}`}>
        <table>
          <thead>
            <tr>
              <th scope="col">Metric</th>
              <th scope="col" class="number">Value</th>
              <th scope="col" class="number">Interval by exam</th>
              <th scope="col" class="number">Interval by row</th>
            </tr>
          </thead>
          <tbody>{rows.map((row) => <MetricLine row={row} />)}</tbody>
        </table>
      </ScrollingTable>
    </>
  );
}

function MetricLine({ row: { name, value, byExam, byRow, reason } }: {
  readonly row: MetricRow;
}): JSX.Element {
  return (
    <tr>
      <th scope="row">
        {name}
        {reason !== null && <small class="note">{reason}</small>}
      </th>
      <td class="number">{value === null ? "undefined" : metricText(value)}</td>
      <td class="number">{intervalText(byExam)}</td>
      <td class="number">{intervalText(byRow)}</td>
    </tr>
  );
}

const CAPTIONS = {
  roc:
    "The further the line runs above the dashed diagonal, the better the model tells positives " +
    "from negatives.",
  pr:
    "Of what the model calls positive, how much is malignant, as more and more of the positives " +
    "are found. A model that knows nothing runs along the dashed line.",
  calibration: "Points on the dashed diagonal: the score can be read as a probability. Below it " +
    "the scores are too high, above it too low.",
  histogram: "How the scores of each class are spread, each as a share of its own class.",
} as const;

function LevelChartGrid({ level, report, curves }: LevelProps): JSX.Element {
  const charts = levelCharts({ level, report, curves, subtitle: "", width: PAGE_CHART_WIDTH });
  return (
    <div class="charts">
      {(["roc", "pr", "histogram", "calibration"] as const).map((name) => (
        <Chart svg={renderSvg(charts[name])} caption={CAPTIONS[name]} />
      ))}
    </div>
  );
}

function Calibration({ level, report: { calibration } }: Omit<LevelProps, "curves">): JSX.Element {
  const { slope, intercept, in_the_large, ece } = calibration;
  const rows = [
    ["Slope", "ideal 1; below 1 the scores are too extreme", slope],
    ["Intercept", "ideal 0", intercept],
    ["Calibration in the large", "ideal 0; below 0 the scores are too high", in_the_large],
  ] as const;
  return (
    <>
      <h3>Calibration</h3>
      <ScrollingTable label={`Calibration by ${level}`}>
        <table>
          <thead>
            <tr>
              <th scope="col">Coefficient</th>
              <th scope="col" class="number">Value</th>
              <th scope="col" class="number">Interval by exam</th>
              <th scope="col" class="number">Interval by row</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(([name, ideal, { value, ci_by_exam, ci, undefined: reason }]) => (
              <tr>
                <th scope="row">
                  {name} <small class="note">{reason ?? ideal}</small>
                </th>
                <td class="number">{value === null ? "undefined" : coefficientText(value)}</td>
                <td class="number">{coefficientInterval(ci_by_exam)}</td>
                <td class="number">{coefficientInterval(ci)}</td>
              </tr>
            ))}
            <tr>
              <th scope="row">
                Expected calibration error{" "}
                <small class="note">{ece.undefined ?? "ideal 0; depends on the bins"}</small>
              </th>
              <td class="number">{ece.value === null ? "undefined" : metricText(ece.value)}</td>
              <td class="number">—</td>
              <td class="number">—</td>
            </tr>
          </tbody>
        </table>
      </ScrollingTable>
    </>
  );
}
