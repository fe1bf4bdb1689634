/** A point of a curve in axis units. */
export type Point = readonly [x: number, y: number];

/** Line pattern, distinguishable without colour. `none` draws only markers. */
export type Dash = "solid" | "dashed" | "dotted" | "dash_dot" | "none";

/** Marker shape, distinguishable without colour. */
export type Marker = "circle" | "square" | "triangle" | "diamond" | "cross";

/** Colours of curves, all at least 4.5:1 against white (WCAG 2.2, 1.4.3 and 1.4.11). */
export type Colour = "blue" | "red" | "green" | "purple" | "brown" | "grey";

export interface Tick {
  readonly at: number;
  readonly label: string;
}

export interface Axis {
  readonly min: number;
  /** Upper end, above `min`. */
  readonly max: number;
  readonly ticks: readonly Tick[];
}

/** Intervals around the points of a curve. */
export interface Whiskers {
  /** The axis along which the intervals lie. */
  readonly along: "x" | "y";
  /** Lower and upper end for each point of the curve; null for a point without an interval. */
  readonly spans: readonly (readonly [low: number, high: number] | null)[];
}

/** One line, or one set of markers, of a chart. */
export interface Curve {
  /** Text in the legend; empty omits the curve from it. */
  readonly label: string;
  /** Points in drawing order, all within the axes. */
  readonly points: readonly Point[];
  /** Line pattern; default `solid`. */
  readonly dash?: Dash;
  readonly stepped?: boolean;
  /** Marker at each point; none by default. */
  readonly marker?: Marker;
  readonly colour?: Colour;
  /** Whether to tint the area between the line and the lower end of the y axis. */
  readonly filled?: boolean;
  readonly whiskers?: Whiskers;
}

export interface CurveChart {
  /** Heading; empty takes no room. */
  readonly title: string;
  /** Line below the heading; may be empty. */
  readonly subtitle: string;
  readonly xLabel: string;
  /** Label of the y axis; may be empty. */
  readonly yLabel: string;
  /** Curves in legend order; later ones are drawn over earlier ones. */
  readonly curves: readonly Curve[];
  /** x axis; default 0 to 1 in fifths. */
  readonly x?: Axis;
  /** y axis; default 0 to 1 in fifths. */
  readonly y?: Axis;
  /** Texts to the right of the plot, at positions on the y axis. */
  readonly rightTexts?: readonly Tick[];
  /** Height of the plot in pixels; by default square. */
  readonly plotHeight?: number;
  /** Width of the picture in pixels; default {@linkcode CHART_WIDTH}. */
  readonly width?: number;
}

/** A curve with all defaults filled in. */
export interface ResolvedCurve extends Curve {
  readonly dash: Dash;
  readonly colour: Colour;
}

/** A chart with all defaults filled in. */
export interface ResolvedChart extends CurveChart {
  readonly x: Axis;
  readonly y: Axis;
  readonly width: number;
  readonly curves: readonly ResolvedCurve[];
}

/** Default width of a chart, in pixels. */
export const CHART_WIDTH = 640;

/** Axis from 0 to 1, with ticks in fifths. */
export const UNIT_AXIS: Axis = {
  min: 0,
  max: 1,
  ticks: [0, 0.2, 0.4, 0.6, 0.8, 1].map((at) => ({ at, label: at.toFixed(1) })),
};

/** Dashes of lines, in the order in which they are used. */
export const DASHES: readonly Dash[] = ["solid", "dashed", "dotted", "dash_dot"];

/** Colours of curves, in the order in which they are used. */
export const COLOUR_ORDER: readonly Colour[] = ["blue", "red", "green", "purple", "brown"];

/**
 * Validates a chart and fills in defaults: axes, colours, dashes, and steps as line segments.
 * @throws {RangeError} if an axis is empty, a point is outside the axes, or whiskers do not match their points
 */
export function resolveChart(chart: CurveChart): ResolvedChart {
  const x = checkedAxis(chart.x ?? UNIT_AXIS, "x");
  const y = checkedAxis(chart.y ?? UNIT_AXIS, "y");
  const curves = chart.curves.map((curve, index) => {
    checkCurve(curve, x, y);
    return {
      ...curve,
      points: curve.stepped ? stairs(curve.points) : curve.points,
      dash: curve.dash ?? "solid",
      colour: curve.colour ?? COLOUR_ORDER[index % COLOUR_ORDER.length]!,
    };
  });
  return { ...chart, x, y, width: chart.width ?? CHART_WIDTH, curves };
}

function checkedAxis(axis: Axis, name: string): Axis {
  if (!(axis.max > axis.min) || !Number.isFinite(axis.max - axis.min)) {
    throw new RangeError(`Cannot draw chart: ${name} axis runs from ${axis.min} to ${axis.max}`);
  }
  return axis;
}

function checkCurve({ label, points, stepped, marker, whiskers }: Curve, x: Axis, y: Axis): void {
  const refuse = (state: string): never => {
    throw new RangeError(`Cannot draw curve "${label}": ${state}`);
  };
  for (const [px, py] of points) {
    if (!within(px, x) || !within(py, y)) refuse(`point (${px}, ${py}) is outside the axes`);
  }
  // The corners added for steps would be marked like data points.
  if (stepped && (marker !== undefined || whiskers !== undefined)) {
    refuse("stairs take neither markers nor whiskers");
  }
  if (whiskers === undefined) return;
  if (whiskers.spans.length !== points.length) {
    refuse(`${points.length} points have ${whiskers.spans.length} whiskers`);
  }
  const axis = whiskers.along === "x" ? x : y;
  for (const [low, high] of whiskers.spans.filter((span) => span !== null)) {
    if (!within(low, axis) || !within(high, axis) || low > high) {
      refuse(`whisker ${low} to ${high} is outside the axes or reversed`);
    }
  }
}

/** False for NaN as well. */
function within(value: number, { min, max }: Axis): boolean {
  return value >= min && value <= max;
}

function stairs(points: readonly Point[]): Point[] {
  return points.flatMap((point, index): Point[] => {
    const before = points[index - 1];
    return before === undefined ? [point] : [[point[0], before[1]], point];
  });
}
