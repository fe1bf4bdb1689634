/** One point of a curve in the units of the axes: x, then y. */
export type Point = readonly [x: number, y: number];

/** How a line is drawn; told apart without colour. `none` leaves the markers alone. */
export type Dash = "solid" | "dashed" | "dotted" | "dash_dot" | "none";

/** What stands at every point of a curve; told apart without colour. */
export type Marker = "circle" | "square" | "triangle" | "diamond" | "cross";

/** Colours of curves, all at least 4.5:1 against white (WCAG 2.2, 1.4.3 and 1.4.11). */
export type Colour = "blue" | "red" | "green" | "purple" | "brown" | "grey";

/** A mark on an axis. */
export interface Tick {
  /** Where, in the units of the axis. */
  readonly at: number;
  /** What is written there. */
  readonly label: string;
}

/** One axis of a chart. */
export interface Axis {
  /** Lower end. */
  readonly min: number;
  /** Upper end, above `min`. */
  readonly max: number;
  /** Marks, each with a grid line. */
  readonly ticks: readonly Tick[];
}

/** Intervals around the points of a curve. */
export interface Whiskers {
  /** Along which axis the intervals lie. */
  readonly along: "x" | "y";
  /** Lower and upper end for each point of the curve, null where a point has none. */
  readonly spans: readonly (readonly [low: number, high: number] | null)[];
}

/** One line, or one set of markers, of a chart. */
export interface Curve {
  /** Text in the legend; an empty one keeps the curve out of it. */
  readonly label: string;
  /** Points in the order in which they are joined, all within the axes. */
  readonly points: readonly Point[];
  /** Line pattern; `solid` unless told. */
  readonly dash?: Dash;
  /** Whether each point holds its y until the x of the next (stairs) instead of a straight line. */
  readonly stepped?: boolean;
  /** Marker at each point; none unless told. */
  readonly marker?: Marker;
  /** Colour; by position in the chart unless told. */
  readonly colour?: Colour;
  /** Whether the area between the line and the lower end of the y axis is tinted. */
  readonly filled?: boolean;
  /** Intervals around the points. */
  readonly whiskers?: Whiskers;
}

/** A chart of curves. */
export interface CurveChart {
  /** Heading; an empty one takes no room. */
  readonly title: string;
  /** Line below the heading; may be empty. */
  readonly subtitle: string;
  /** What runs along the x axis. */
  readonly xLabel: string;
  /** What runs along the y axis; may be empty. */
  readonly yLabel: string;
  /** Curves, later ones drawn over earlier ones, in the order of the legend. */
  readonly curves: readonly Curve[];
  /** x axis; 0 to 1 in fifths unless told. */
  readonly x?: Axis;
  /** y axis; 0 to 1 in fifths unless told. */
  readonly y?: Axis;
  /** Texts at the right of the plot, beside their place on the y axis. */
  readonly rightTexts?: readonly Tick[];
  /** Height of the plot in pixels; as high as it is wide (a square) unless told. */
  readonly plotHeight?: number;
  /** Width of the picture in pixels; {@linkcode CHART_WIDTH} unless told. */
  readonly width?: number;
}

/** A curve with every choice made. */
export interface ResolvedCurve extends Curve {
  readonly dash: Dash;
  readonly colour: Colour;
}

/** A chart with every choice made. */
export interface ResolvedChart extends CurveChart {
  readonly x: Axis;
  readonly y: Axis;
  readonly width: number;
  readonly curves: readonly ResolvedCurve[];
}

/** Width of a chart that stands alone, in pixels. */
export const CHART_WIDTH = 640;

/** Axis from 0 to 1, marked in fifths. */
export const UNIT_AXIS: Axis = {
  min: 0,
  max: 1,
  ticks: [0, 0.2, 0.4, 0.6, 0.8, 1].map((at) => ({ at, label: at.toFixed(1) })),
};

const COLOUR_ORDER: readonly Colour[] = ["blue", "red", "green", "purple", "brown"];

/**
 * Checks a chart and makes every choice that it leaves open: axes, colours, dashes, and stairs
 * written out as straight lines.
 *
 * @returns the same chart with nothing left to choose
 * @throws {RangeError} when an axis is empty, a point is not finite or lies outside the axes, or
 *   whiskers do not match their points
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
  // The corners that stairs add would be marked as if they were data.
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
