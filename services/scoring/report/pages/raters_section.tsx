import type { JSX } from "hono/jsx/jsx-runtime";
import type {
  RaterReport,
  ReaderStudyReport,
} from "../../../../shared/contracts/reader_studies.ts";
import { FOREST_ROWS_MAX } from "../../../../shared/limits.ts";
import {
  type Column,
  column,
  confidenceText,
  intervalText,
  metricText,
  Section,
  Table,
} from "../../../../shared/pages/mod.ts";
import { studyClusterName } from "../names.ts";
import { forestChart } from "../forest_chart.ts";
import { renderSvg } from "../render_svg.ts";
import { Chart, FOREST_WIDTH } from "./chart_figure.tsx";

const COLUMNS: readonly Column<RaterReport>[] = [
  column("head", "Who", ({ name }) => name),
  ...(["auroc", "average_precision", "auprc"] as const).map((metric): Column<
    RaterReport
  > =>
    column(
      "number",
      { auroc: "AUROC", auprc: "AUPRC", average_precision: "Average precision" }[metric],
      ({ [metric]: { value, ci_by_exam, undefined: reason, ...rest } }) => (
        <>
          {metricText(value)}
          <small>{reason ?? intervalText(ci_by_exam)}</small>
          {"note" in rest && rest.note && <small>{rest.note}</small>}
        </>
      ),
    )
  ),
];

/** Each rater alone: models first, then readers, as a plot and a table. */
export function RatersSection({ report, confidence }: {
  readonly report: ReaderStudyReport;
  readonly confidence: number;
}): JSX.Element {
  const raters = [...report.models, ...report.readers];
  const unit = studyClusterName(report);
  const drawn = raters.slice(0, FOREST_ROWS_MAX);
  const chart = forestChart({
    title: "AUROC of each model and reader",
    subtitle: "",
    metric: `AUROC with its ${confidenceText(confidence)} interval by ${unit}`,
    overall: null,
    rows: drawn.map(({ name, auroc }) => ({
      label: name,
      value: auroc.value,
      ci: auroc.ci_by_exam,
    })),
    width: FOREST_WIDTH,
  });
  return (
    <Section id="raters" title="Individual readers and models">
      <Chart
        svg={renderSvg(chart)}
        caption={drawn.length < raters.length
          ? `The first ${drawn.length} of ${raters.length}.`
          : "Overlapping intervals do not mean that two are equal: see the tests below."}
        wide="AUROC of models and readers, drawn"
      />
      <Table label="Models and readers" columns={COLUMNS} rows={raters} long />
      <p class="note">
        Under each value stands its {confidenceText(confidence)} interval; {unit === "woman"
          ? "whole women are resampled, with all their cases"
          : "whole cases are resampled"}, since the breasts of one woman are alike.
      </p>
    </Section>
  );
}
