import type { ScreeningPathway, ScreeningSweep } from "../../../shared/contracts/screening.ts";
import { COLOUR_ORDER, type Curve, type CurveChart, DASHES, type Point } from "./curve_chart.ts";
import { niceAxis } from "./nice_axis.ts";

const MARKERS = ["circle", "square", "triangle", "diamond"] as const;

/** Reads saved against cancers missed by pathways, over all thresholds, with the chosen ones marked. */
export function screeningChart(
  curves: readonly ScreeningSweep[],
  pathways: readonly ScreeningPathway[],
  nameOf: (kind: string) => string,
  width: number,
): CurveChart {
  const lines = curves.map(({ kind, points }, at): Curve => ({
    label: nameOf(kind),
    points: points.flatMap(({ workload_saved, cancers_missed }): Point[] =>
      workload_saved === null ? [] : [[100 * workload_saved, cancers_missed]]
    ),
    dash: DASHES[at % DASHES.length]!,
    colour: COLOUR_ORDER[at % COLOUR_ORDER.length]!,
  }));
  // A mark has the colour of its line; what has no line has a mark of its own in the legend.
  const chosen = pathways.flatMap(
    ({ kind, workload_saved: { value }, cancers_missed }): Curve[] => {
      if (value === null) return [];
      const at = lines.findIndex(({ label }) => label === nameOf(kind));
      return [{
        label: at < 0 ? nameOf(kind) : "",
        points: [[100 * value, cancers_missed]],
        dash: "none",
        marker: at < 0 ? "cross" : MARKERS[at % MARKERS.length]!,
        colour: lines[at]?.colour ?? "grey",
      }];
    },
  );
  const all = [...lines, ...chosen].flatMap(({ points }) => points);
  const axis = (values: readonly number[]): ReturnType<typeof niceAxis> => {
    const [low, high] = [Math.min(0, ...values), Math.max(1, ...values)];
    return niceAxis(low, high);
  };
  return {
    title: "Reads saved and cancers missed",
    subtitle: "",
    xLabel: "Reads saved, % of today's",
    yLabel: "Cancers missed",
    x: axis(all.map(([x]) => x)),
    y: axis(all.map(([, y]) => y)),
    curves: [...lines, ...chosen],
    plotHeight: width / 2,
    width,
  };
}
