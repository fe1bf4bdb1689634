import type { Axis, Curve, CurveChart } from "./curve_chart.ts";
import { niceAxis } from "./nice_axis.ts";

/** One row of a forest plot. */
export interface ForestRow {
  /** What the row is about. */
  readonly label: string;
  /** The value, 0 to 1; null where it is undefined. */
  readonly value: number | null;
  /** Its interval; null where there is none. */
  readonly ci: readonly [low: number, high: number] | null;
}

/** What a forest plot shows. */
export interface ForestChartData {
  /** Heading. */
  readonly title: string;
  /** What was scored on what. */
  readonly subtitle: string;
  /** Name of the metric, with what its intervals are. */
  readonly metric: string;
  /** The value of all together: a line to compare with; null for none. */
  readonly overall: number | null;
  /** Rows from the top down. */
  readonly rows: readonly ForestRow[];
  /** A value that the axis has to hold as well, where several plots share one; none unless told. */
  readonly lowest?: number;
  /** Width in pixels; that of a chart that stands alone unless told. */
  readonly width?: number;
}

/** Height of one row in pixels: two lines of a wrapped label. */
const ROW_HEIGHT = 36;
/** No value is shown lower than this unless there is one. */
const AXIS_FROM = 0.5;

/**
 * Describes a forest plot: a row a group, its value with its interval, the numbers at the right.
 */
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
  // Shares go no further than 0 and 1, whatever is round.
  return { min: Math.max(0, min), max: Math.min(1, max), ticks: ticks.filter(({ at }) => at >= 0) };
}

function numbersOf({ value, ci }: ForestRow): string {
  if (value === null) return "undefined";
  if (ci === null) return `${value.toFixed(3)} (no interval)`;
  return `${value.toFixed(3)} (${ci[0].toFixed(3)}–${ci[1].toFixed(3)})`;
}
