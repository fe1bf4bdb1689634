import { type ChartLayout, layoutChart, type PlacedText, scalesOf } from "./chart_layout.ts";
import {
  CAP,
  COLOURS,
  DASHES,
  FRAME,
  GRID,
  INK,
  LINE_WIDTH,
  MARKER_RADIUS,
  markerCorners,
  PAPER,
  SVG_FONTS,
  TINT,
  WHISKER_WIDTH,
} from "./chart_style.ts";
import { resolveChart } from "./curve_chart.ts";
import type { CurveChart, Marker, Point, ResolvedChart, ResolvedCurve } from "./curve_chart.ts";

type Scales = ReturnType<typeof scalesOf>;

/**
 * Draws a chart as SVG without external parts or IDs, so that several fit in one page; with a text alternative.
 * @throws {RangeError} if the chart is inconsistent
 */
export function renderSvg(chart: CurveChart, fonts: string = SVG_FONTS): string {
  const resolved = resolveChart(chart);
  const layout = layoutChart(resolved);
  const { width, height } = layout;
  const parts = [
    element("title", {}, escapeXml(chart.title)),
    element("desc", {}, escapeXml(descriptionOf(resolved))),
    element("rect", { width, height, fill: PAPER }),
    ...gridOf(resolved, layout),
    ...resolved.curves.map((curve) => curveOf(curve, resolved, layout)),
    ...layout.keys.map(({ curve, left, right, y }) =>
      keyOf(resolved.curves[curve]!, left, right, y)
    ),
    element("g", { fill: INK, "font-family": fonts }, layout.texts.map(textOf).join("\n")),
  ];
  const attributes = { xmlns: "http://www.w3.org/2000/svg", role: "img", width, height };
  return element("svg", { ...attributes, viewBox: `0 0 ${width} ${height}` }, parts.join("\n")) +
    "\n";
}

function descriptionOf({ subtitle, xLabel, yLabel, curves, y, rightTexts }: ResolvedChart): string {
  const rows = (rightTexts ?? []).map(({ at, label }) => {
    const row = y.ticks.find((tick) => tick.at === at)?.label;
    return row === undefined ? label : `${row}: ${label}`;
  });
  const axes = yLabel === "" ? `Across: ${xLabel}` : `Across: ${xLabel}; up: ${yLabel}`;
  const labels = curves.map(({ label }) => label).filter((label) => label !== "");
  return [subtitle, axes, ...labels, ...rows].filter((part) => part !== "").join(". ");
}

function gridOf(chart: ResolvedChart, { plot }: ChartLayout): string[] {
  const scales = scalesOf(chart, plot);
  const [right, bottom] = [plot.left + plot.width, plot.top + plot.height];
  const { left, top } = plot;
  return [
    stroke(
      [
        ...chart.x.ticks.map(({ at }) => segment(scales.x(at), top, scales.x(at), bottom)),
        ...chart.y.ticks.map(({ at }) => segment(left, scales.y(at), right, scales.y(at))),
      ],
      { stroke: GRID, "stroke-width": 1 },
    ),
    stroke([segment(left, top, left, bottom), segment(left, bottom, right, bottom)], {
      stroke: FRAME,
      "stroke-width": 1,
    }),
  ];
}

function curveOf(curve: ResolvedCurve, chart: ResolvedChart, { plot }: ChartLayout): string {
  const scales = scalesOf(chart, plot);
  const colour = COLOURS[curve.colour];
  const whiskers = whiskerLines(curve, scales, CAP).map((line) => segment(...line));
  const parts = [
    curve.filled ? areaOf(curve, scales, plot.top + plot.height, colour) : "",
    whiskers.length === 0
      ? ""
      : stroke(whiskers, { stroke: colour, "stroke-width": WHISKER_WIDTH }),
    lineOf(curve, polyline(curve.points, scales)),
    ...markersOf(curve, scales),
  ];
  return element("g", {}, parts.filter((part) => part !== "").join("\n"));
}

function areaOf({ points }: ResolvedCurve, scales: Scales, bottom: number, fill: string): string {
  if (points.length < 2) return "";
  const [first, last] = [scales.x(points[0]![0]), scales.x(points.at(-1)![0])];
  const closed = `${polyline(points, scales)}L${rounded(last)} ${rounded(bottom)}` +
    `L${rounded(first)} ${rounded(bottom)}Z`;
  return element("path", { d: closed, fill, "fill-opacity": TINT });
}

function lineOf({ dash, colour }: ResolvedCurve, d: string): string {
  if (dash === "none" || d === "") return "";
  return stroke([d], {
    stroke: COLOURS[colour],
    "stroke-width": LINE_WIDTH,
    "stroke-linejoin": "round",
    "stroke-dasharray": DASHES[dash].length === 0 ? undefined : DASHES[dash].join(" "),
  });
}

function markersOf({ marker, points, colour }: ResolvedCurve, scales: Scales): string[] {
  if (marker === undefined) return [];
  return points.map(([x, y]) => markerOf(marker, scales.x(x), scales.y(y), COLOURS[colour]));
}

function markerOf(marker: Marker, x: number, y: number, colour: string): string {
  if (marker === "circle") {
    return element("circle", { cx: x, cy: y, r: MARKER_RADIUS, fill: colour, stroke: PAPER });
  }
  const [a, b, c, d] = markerCorners(marker, x, y);
  if (marker === "cross") {
    const strokes = [segment(...a!, ...b!), segment(...c!, ...d!)];
    return stroke(strokes, { stroke: colour, "stroke-width": 2 });
  }
  const outline = [a!, b!, c!, ...(d === undefined ? [] : [d])];
  return element("path", { d: `${joined(outline)}Z`, fill: colour, stroke: PAPER });
}

function keyOf(curve: ResolvedCurve, left: number, right: number, y: number): string {
  const colour = COLOURS[curve.colour];
  const tint = { x: left, y, width: right - left, height: CAP, fill: colour, "fill-opacity": TINT };
  const parts = [
    curve.filled ? element("rect", tint) : "",
    lineOf(curve, segment(left, y, right, y)),
    curve.marker === undefined ? "" : markerOf(curve.marker, (left + right) / 2, y, colour),
  ];
  return parts.filter((part) => part !== "").join("\n");
}

function textOf({ text, x, y, size, bold, anchor, upwards }: PlacedText): string {
  return element("text", {
    x,
    y,
    "font-size": size,
    "font-weight": bold ? "bold" : undefined,
    "text-anchor": anchor === "start" ? undefined : anchor,
    transform: upwards ? `rotate(-90 ${rounded(x)} ${rounded(y)})` : undefined,
  }, escapeXml(text));
}

function stroke(
  segments: readonly string[],
  attributes: Readonly<Record<string, string | number | undefined>>,
): string {
  return element("path", { d: segments.join(""), fill: "none", ...attributes });
}

function segment(x1: number, y1: number, x2: number, y2: number): string {
  return joined([[x1, y1], [x2, y2]]);
}

function polyline(points: readonly Point[], scales: Scales): string {
  return joined(points.map(([x, y]) => [scales.x(x), scales.y(y)]));
}

function joined(points: readonly Point[]): string {
  return points.map(([x, y], index) => `${index === 0 ? "M" : "L"}${rounded(x)} ${rounded(y)}`)
    .join("");
}

/** Possible attribute values. */
type SvgValue = string | number | undefined;

/** One SVG element; numbers are rounded to hundredths, undefined is omitted; `content` is escaped markup. */
export function element(
  name: string,
  attributes: Readonly<Record<string, SvgValue>>,
  content?: string,
): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) =>
      ` ${key}="${typeof value === "number" ? rounded(value) : escapeXml(value!)}"`
    )
    .join("");
  return content === undefined ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`;
}

/** Rounds pixels (below 1e21) to hundredths, without `-0` or exponent. */
export function rounded(value: number): string {
  return String(Math.round(value * 100) / 100 + 0);
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Escapes text for XML and replaces characters that XML 1.0 (2.2) forbids even when escaped. */
export function escapeXml(text: string): string {
  return text.toWellFormed()
    // deno-lint-ignore no-control-regex -- these are the characters to get rid of
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
    .replaceAll(/[&<>"']/g, (character) => ESCAPES[character]!);
}

/** The whiskers of a curve as strokes with caps of half length `cap` pixels. */
function whiskerLines(
  { points, whiskers }: ResolvedCurve,
  scales: { readonly x: (value: number) => number; readonly y: (value: number) => number },
  cap: number,
): (readonly [x1: number, y1: number, x2: number, y2: number])[] {
  if (whiskers === undefined) return [];
  return whiskers.spans.flatMap((span, index) => {
    if (span === null) return [];
    const point = points[index]!;
    if (whiskers.along === "x") {
      const [low, high, y] = [scales.x(span[0]), scales.x(span[1]), scales.y(point[1])];
      return [
        [low, y, high, y],
        [low, y - cap, low, y + cap],
        [high, y - cap, high, y + cap],
      ] as const;
    }
    const [low, high, x] = [scales.y(span[0]), scales.y(span[1]), scales.x(point[0])];
    return [
      [x, low, x, high],
      [x - cap, low, x + cap, low],
      [x - cap, high, x + cap, high],
    ] as const;
  });
}
