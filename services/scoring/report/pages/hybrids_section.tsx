import type { JSX } from "hono/jsx/jsx-runtime";
import type { ReaderStudyReport } from "../../../../shared/contracts/reader_studies.ts";
import {
  type Column,
  column,
  intervalText,
  metricText,
  percentText,
  Section,
  Table,
} from "../../../../shared/pages/mod.ts";
import { renderSvg } from "../render_svg.ts";
import { Chart, FOREST_WIDTH } from "./chart_figure.tsx";
import { intervalOf, pText, valueText } from "./against_section.tsx";
import { type Curve, type CurveChart, type Point, UNIT_AXIS } from "../curve_chart.ts";
import { niceAxis } from "../nice_axis.ts";

type Pair = ReaderStudyReport["hybrids"]["pairs"][number];

const COLUMNS: readonly Column<Pair>[] = [
  column("head", "Reader", ({ reader }) => reader),
  column("text", "Model", ({ model }) => model),
  column("number", "AUROC together", ({ auroc: { value, ci_delong_by_case } }) => (
    <>
      {metricText(value)}
      <small>{intervalText(ci_delong_by_case)}</small>
    </>
  )),
  column("number", "Gain over the reader alone", ({ gain }) => valueText(gain.difference.value)),
  column("number", "Interval", ({ gain }) => intervalOf(gain)),
  column("number", "p (Holm)", ({ gain }) => pText(gain)),
];

/** Performance of readers and models combined. */
export function HybridsSection(
  { report }: { readonly report: ReaderStudyReport },
): JSX.Element | null {
  const { hybrids } = report;
  if (report.readers.length === 0 || report.models.length === 0) return null;
  return (
    <Section id="hybrids" title="Readers together with a model">
      {hybrids.undefined !== null ? <p>{hybrids.undefined}</p> : (
        <>
          <p>
            The mean of a reader’s probability and the model’s, the model’s counting{" "}
            {percentText(hybrids.weight)}: a share that was chosen before any data were seen, so
            that the table may be tested. It stands for a reader who hears the model’s opinion and
            gives it that much weight; people who work with a model do otherwise.
          </p>
          {isDrawable(hybrids.sweep) && (
            <Chart
              svg={renderSvg(sweepChart(hybrids.sweep, FOREST_WIDTH))}
              caption="All shares from the reader alone to the model alone. The best share is chosen on these cases, so it is optimistic."
              wide="AUROC of readers together with a model, drawn"
            />
          )}
          <Table
            label="Readers together with a model"
            columns={COLUMNS}
            rows={hybrids.pairs}
            long
          />
        </>
      )}
    </Section>
  );
}

/** With only one class, AUROC is undefined at every share. */
function isDrawable(sweep: ReaderStudyReport["hybrids"]["sweep"]): boolean {
  return sweep.some(({ points }) => points.some(({ mean }) => mean !== null));
}

/** Line patterns of models in turn, distinguishable without colour. */
const DASHES = ["solid", "dashed", "dash_dot"] as const;

/** Describes the performance of readers and a model combined, from reader to model alone. */
function sweepChart(sweep: ReaderStudyReport["hybrids"]["sweep"], width: number): CurveChart {
  const curves = sweep.map(({ model, points }, at): Curve => ({
    label: model,
    points: points.flatMap(({ weight, mean }): Point[] => mean === null ? [] : [[weight, mean]]),
    dash: DASHES[at % DASHES.length]!,
  }));
  const means = curves.flatMap(({ points }) => points.map(([, mean]) => mean));
  const { min, max, ticks } = niceAxis(Math.min(...means), Math.max(...means));
  return {
    title: "Reader and model together",
    subtitle: "",
    xLabel: "Share of the model: 0 is the reader alone",
    yLabel: "Mean AUROC over readers",
    x: UNIT_AXIS,
    y: { min, max, ticks },
    curves,
    plotHeight: width / 2,
    width,
  };
}
