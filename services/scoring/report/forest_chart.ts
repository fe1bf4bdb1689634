import type { Axis, Curve, CurveChart } from "./curve_chart.ts";
import { niceAxis } from "./nice_axis.ts";
import { signedMetricText } from "../../../shared/pages/mod.ts";

export interface ForestRow {
  readonly label: string;
  /** The value, 0 to 1, or a difference, −1 to 1; null if undefined. */
  readonly value: number | null;
  /** Its interval; null if there is none. */
  readonly ci: readonly [low: number, high: number] | null;
  /** Why nothing is drawn, in a few words; shown in place of the numbers. */
  readonly note?: string | null;
}

export interface ForestChartData {
  readonly title: string;
  readonly subtitle: string;
  /** Name of the metric and type of its intervals. */
  readonly metric: string;
  /** Overall value, drawn as a reference line; null for none; `difference`: rows are differences, and the line is at 0. */
  readonly overall: number | null | "difference";
  /** Rows from the top down. */
  readonly rows: readonly ForestRow[];
  /** Values that the axis must include, for plots with a common axis. */
  readonly range?: readonly number[];
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
    row.value === null || row.note ? [] : [{ value: row.value, ci: row.ci, at: heightOf(index) }]
  );
  const groups: Curve = {
    label: "",
    points: drawn.map(({ value, at }) => [value, at]),
    dash: "none",
    marker: "square",
    colour: "blue",
    whiskers: { along: "x", spans: drawn.map(({ ci }) => ci) },
  };
  const reference = overall === "difference" ? 0 : overall;
  const line: Curve[] = reference === null ? [] : [{
    label: overall === "difference" ? "no difference" : `all together (${reference.toFixed(3)})`,
    points: [[reference, y.min], [reference, y.max]],
    dash: "dashed",
    colour: "grey",
  }];
  const write = overall === "difference" ? signedMetricText : (value: number) => value.toFixed(3);
  return {
    title,
    subtitle,
    xLabel: metric,
    yLabel: "",
    x,
    y,
    curves: [...line, groups],
    rightTexts: rows.map((row, index) => ({ at: heightOf(index), label: numbersOf(row, write) })),
    plotHeight: ROW_HEIGHT * (count + 0.5),
    ...(width === undefined ? {} : { width }),
  };
}

function axisOf({ rows, overall, range = [] }: ForestChartData): Axis {
  const values = [...range, ...rows.flatMap(({ value, ci }) => [value, ...ci ?? []])]
    .filter((value) => value !== null);
  if (overall === "difference") return niceAxis(Math.min(0, ...values), Math.max(0, ...values));
  const { min, max, ticks } = niceAxis(Math.min(AXIS_FROM, overall ?? 1, ...values), 1);
  // Shares stay within 0 and 1, whatever the rounded ends.
  return { min: Math.max(0, min), max: Math.min(1, max), ticks: ticks.filter(({ at }) => at >= 0) };
}

function numbersOf(
  { value, ci, note }: ForestRow,
  write: (value: number) => string,
): string {
  if (note) return note;
  if (value === null) return "undefined";
  if (ci === null) return `${write(value)} (no interval)`;
  const separator = ci[0] < 0 ? " to " : "–";
  return `${write(value)} (${ci.map(write).join(separator)})`;
}
