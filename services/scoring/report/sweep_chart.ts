import type { ReaderStudyReport } from "../../../shared/contracts/reader_studies.ts";
import { type Curve, type CurveChart, type Point, UNIT_AXIS } from "./curve_chart.ts";
import { niceAxis } from "./nice_axis.ts";

/** Line patterns of models in turn, distinguishable without colour. */
const DASHES = ["solid", "dashed", "dash_dot"] as const;

/** Describes the performance of readers and a model combined, from reader to model alone. */
export function sweepChart(
  sweep: ReaderStudyReport["hybrids"]["sweep"],
  width: number,
): CurveChart {
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
