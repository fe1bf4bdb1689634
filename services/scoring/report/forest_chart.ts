import type { Axis, Curve, CurveChart } from "./curve_chart.ts";
import { niceAxis } from "./nice_axis.ts";

/** One row of a forest plot. */
export interface ForestRow {
  readonly label: string;
  /** The value, 0 to 1; null if undefined. */
  readonly value: number | null;
  /** Its interval; null if there is none. */
  readonly ci: readonly [low: number, high: number] | null;
}

/** Data of a forest plot. */
export interface ForestChartData {
  readonly title: string;
  /** Names the model and the data. */
  readonly subtitle: string;
  /** Name of the metric and type of its intervals. */
  readonly metric: string;
  /** Overall value, drawn as a reference line; null for none. */
  readonly overall: number | null;
  /** Rows from the top down. */
  readonly rows: readonly ForestRow[];
  /** A value that the axis must include, for plots with a common axis. */
  readonly lowest?: number;
  /** Width in pixels; default that of a single chart. */
  readonly width?: number;
}

/** Height of one row in pixels: two lines of a wrapped label. */
const ROW_HEIGHT = 36;
/** The axis starts no higher than this. */
const AXIS_FROM = 0.5;

/** Describes a forest plot: one row per group with its value and interval, numbers at the right. */
export function forestChart(data: ForestChartData): CurveChart {
  const { title, subtitle, metric, overall, rows, width } = data;
  const x = axisOf(data);
  const count = rows.length;
  const heightOf = (index: number): number => count - index;
  const y: Axis = {
    min: 0.25,
    max: count + 0.75,
    ticks: rows.map(({ label }, index) => ({ at: heightOf(index), label })),
  };
  const drawn = rows.flatMap((row, index) =>
    row.value === null ? [] : [{ value: row.value, ci: row.ci, at: heightOf(index) }]
  );
  const groups: Curve = {
    label: "",
    points: drawn.map(({ value, at }) => [value, at]),
    dash: "none",
    marker: "square",
    colour: "blue",
    whiskers: { along: "x", spans: drawn.map(({ ci }) => ci) },
  };
  const line: Curve[] = overall === null ? [] : [{
    label: `all together (${overall.toFixed(3)})`,
    points: [[overall, y.min], [overall, y.max]],
    dash: "dashed",
    colour: "grey",
  }];
  return {
    title,
    subtitle,
    xLabel: metric,
    yLabel: "",
    x,
    y,
    curves: [...line, groups],
    rightTexts: rows.map((row, index) => ({ at: heightOf(index), label: numbersOf(row) })),
    plotHeight: ROW_HEIGHT * (count + 0.5),
    ...(width === undefined ? {} : { width }),
  };
}

function axisOf({ rows, overall, lowest }: ForestChartData): Axis {
  const values = [overall, lowest ?? null, ...rows.flatMap(({ value, ci }) => [value, ...ci ?? []])]
    .filter((value) => value !== null);
  const { min, max, ticks } = niceAxis(Math.min(AXIS_FROM, ...values), 1);
  // Shares stay within 0 and 1, whatever the rounded ends.
  return { min: Math.max(0, min), max: Math.min(1, max), ticks: ticks.filter(({ at }) => at >= 0) };
}

function numbersOf({ value, ci }: ForestRow): string {
  if (value === null) return "undefined";
  if (ci === null) return `${value.toFixed(3)} (no interval)`;
  return `${value.toFixed(3)} (${ci[0].toFixed(3)}–${ci[1].toFixed(3)})`;
}
