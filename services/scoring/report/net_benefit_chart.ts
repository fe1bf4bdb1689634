import type { AnalysisResult } from "../../../shared/contracts/score_analyses.ts";
import type { Curve, CurveChart, Point } from "./curve_chart.ts";
import { niceAxis } from "./nice_axis.ts";

/** A decision curve: net benefit of the model, of recalling all and of recalling nobody. */
export function netBenefitChart(
  benefits: NonNullable<AnalysisResult["net_benefit"]>,
  width: number,
): CurveChart {
  const ofModel = benefits.map(({ model }) => model.net_benefit ?? 0);
  const most = Math.max(0, ...ofModel);
  // Recalling all falls without end; what is far below nothing says nothing.
  const least = Math.max(-0.25 * most, Math.min(0, ...ofModel));
  const line = (
    label: string,
    of: (at: typeof benefits[number]) => number | null,
    style: Pick<Curve, "dash" | "colour">,
  ): Curve => ({
    label,
    points: benefits.map((at): Point => [at.threshold, of(at) ?? NaN]).filter(([, y]) =>
      y >= least
    ),
    ...style,
  });
  const curves = [
    line("model", ({ model }) => model.net_benefit, { dash: "solid", colour: "blue" }),
    line("recall all", ({ all }) => all.net_benefit, { dash: "dashed", colour: "red" }),
    line("recall nobody", () => 0, { dash: "dotted", colour: "grey" }),
  ];
  const ys = curves.flatMap(({ points }) => points.map(([, y]) => y));
  return {
    title: "Net benefit",
    subtitle: "",
    xLabel: "Threshold probability",
    yLabel: "Net benefit",
    x: niceAxis(0, benefits.at(-1)!.threshold),
    y: niceAxis(Math.min(...ys), Math.max(...ys)),
    curves: curves.filter(({ points }) => points.length > 0),
    plotHeight: width / 2,
    width,
  };
}
