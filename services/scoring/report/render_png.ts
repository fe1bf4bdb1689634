import type { ChartConfiguration, ChartDataset, Plugin } from "chart.js";
import { CANVAS_FONT, CANVAS_FONT_BOLD, encodeChartPng } from "./canvas.ts";
import {
  type Box,
  type ChartLayout,
  layoutChart,
  type PlacedText,
  scalesOf,
} from "./chart_layout.ts";
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
  TINT,
  WHISKER_WIDTH,
} from "./chart_style.ts";
import {
  type Axis,
  type CurveChart,
  type Marker,
  resolveChart,
  type ResolvedChart,
  type ResolvedCurve,
} from "./curve_chart.ts";
import { whiskerLines } from "./whisker_lines.ts";

/** What chart.js hands to plugins; no DOM types exist here. */
type Context = Parameters<NonNullable<Plugin<"line">["afterDraw"]>>[0]["ctx"];

type ScaleConfiguration = NonNullable<
  NonNullable<NonNullable<ChartConfiguration<"line">["options"]>["scales"]>["x"]
>;

const POINT_STYLES = {
  circle: "circle",
  square: "rect",
  triangle: "triangle",
  diamond: "rectRot",
  cross: "crossRot",
} as const satisfies Record<Marker, string>;

/**
 * Draws a chart as a PNG, alike to {@linkcode renderSvg}. The same chart gives the same bytes.
 *
 * @param chart the description
 * @returns bytes of a PNG, 640 pixels wide
 * @throws {RangeError} when the chart is inconsistent
 * @throws {Error} when the fonts cannot be read
 */
export function renderPng(chart: CurveChart): Promise<Uint8Array> {
  const resolved = resolveChart(chart);
  const layout = layoutChart(resolved);
  return encodeChartPng(configOf(resolved, layout), layout);
}

function configOf(chart: ResolvedChart, layout: ChartLayout): ChartConfiguration<"line"> {
  return {
    type: "line",
    data: { datasets: chart.curves.map(datasetOf) },
    options: {
      parsing: false,
      normalized: true,
      clip: false,
      events: [],
      layout: { autoPadding: false, padding: paddingOf(layout) },
      scales: { x: scaleOf(chart.x), y: scaleOf(chart.y) },
    },
    plugins: [paperPlugin(), whiskerPlugin(chart, layout.plot), textPlugin(chart, layout)],
  };
}

function datasetOf(curve: ResolvedCurve, index: number): ChartDataset<"line"> {
  const colour = COLOURS[curve.colour];
  const cross = curve.marker === "cross";
  return {
    data: curve.points.map(([x, y]) => ({ x, y })),
    order: -index, // chart.js draws the lowest order last, over the others
    showLine: curve.dash !== "none",
    borderColor: colour,
    borderWidth: LINE_WIDTH,
    borderJoinStyle: "round",
    borderDash: curve.dash === "none" ? [] : [...DASHES[curve.dash]],
    fill: curve.filled ? "start" : false,
    backgroundColor: tinted(colour),
    pointStyle: curve.marker === undefined ? false : POINT_STYLES[curve.marker],
    pointRadius: MARKER_RADIUS,
    pointBackgroundColor: colour,
    pointBorderColor: cross ? colour : PAPER,
    pointBorderWidth: cross ? 2 : 1,
  };
}

/** `#rrggbb` with the opacity of tints. */
function tinted(colour: string): string {
  return colour + Math.round(TINT * 255).toString(16).padStart(2, "0");
}

function paddingOf({ width, height, plot }: ChartLayout): {
  left: number;
  top: number;
  right: number;
  bottom: number;
} {
  return {
    left: plot.left,
    top: plot.top,
    right: width - plot.left - plot.width,
    bottom: height - plot.top - plot.height,
  };
}

/** Grid and frame only, taking no room: all text stands where the layout puts it. */
function scaleOf({ min, max, ticks }: Axis): ScaleConfiguration {
  return {
    type: "linear",
    min,
    max,
    grid: { color: GRID, lineWidth: 1, drawTicks: false },
    border: { display: true, color: FRAME, width: 1 },
    ticks: { display: false },
    afterBuildTicks: (scale): void => {
      scale.ticks = ticks.map(({ at }) => ({ value: at }));
    },
    afterFit: (scale): void => {
      if (scale.isHorizontal()) scale.height = 0;
      else scale.width = 0;
    },
  };
}

/** A PNG is transparent where nothing is drawn, and black in many viewers. */
function paperPlugin(): Plugin<"line"> {
  return {
    id: "paper",
    beforeDraw: ({ ctx, width, height }): void => {
      ctx.fillStyle = PAPER;
      ctx.fillRect(0, 0, width, height);
    },
  };
}

function whiskerPlugin(chart: ResolvedChart, plot: Box): Plugin<"line"> {
  const scales = scalesOf(chart, plot);
  return {
    id: "whiskers",
    beforeDatasetDraw: ({ ctx }, { index }): void => {
      const curve = chart.curves[index]!;
      ctx.save();
      ctx.strokeStyle = COLOURS[curve.colour];
      ctx.lineWidth = WHISKER_WIDTH;
      ctx.beginPath();
      for (const [x1, y1, x2, y2] of whiskerLines(curve, scales, CAP)) {
        ctx.moveTo(x1, y1);
        ctx.lineTo(x2, y2);
      }
      ctx.stroke();
      ctx.restore();
    },
  };
}

function textPlugin(chart: ResolvedChart, layout: ChartLayout): Plugin<"line"> {
  return {
    id: "text",
    afterDraw: ({ ctx }): void => {
      for (const text of layout.texts) drawText(ctx, text);
      for (const { curve, left, right, y } of layout.keys) {
        drawKey(ctx, chart.curves[curve]!, left, right, y);
      }
    },
  };
}

function drawText(ctx: Context, { text, x, y, size, bold, anchor, upwards }: PlacedText): void {
  ctx.save();
  ctx.font = `${size}px "${bold ? CANVAS_FONT_BOLD : CANVAS_FONT}"`;
  ctx.fillStyle = INK;
  ctx.textAlign = anchor === "middle" ? "center" : anchor;
  ctx.textBaseline = "alphabetic";
  ctx.translate(x, y);
  if (upwards) ctx.rotate(-Math.PI / 2);
  ctx.fillText(text, 0, 0);
  ctx.restore();
}

function drawKey(ctx: Context, curve: ResolvedCurve, left: number, right: number, y: number): void {
  const colour = COLOURS[curve.colour];
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.lineWidth = LINE_WIDTH;
  if (curve.filled) {
    ctx.fillStyle = tinted(colour);
    ctx.fillRect(left, y, right - left, CAP);
  }
  if (curve.dash !== "none") {
    ctx.setLineDash([...DASHES[curve.dash]]);
    ctx.beginPath();
    ctx.moveTo(left, y);
    ctx.lineTo(right, y);
    ctx.stroke();
    ctx.setLineDash([]);
  }
  if (curve.marker !== undefined) drawMarker(ctx, curve.marker, (left + right) / 2, y, colour);
  ctx.restore();
}

function drawMarker(ctx: Context, marker: Marker, x: number, y: number, colour: string): void {
  ctx.beginPath();
  if (marker === "circle") {
    ctx.arc(x, y, MARKER_RADIUS, 0, 2 * Math.PI);
  } else {
    for (const [index, [cornerX, cornerY]] of markerCorners(marker, x, y).entries()) {
      if (index === 0 || (marker === "cross" && index === 2)) ctx.moveTo(cornerX, cornerY);
      else ctx.lineTo(cornerX, cornerY);
    }
  }
  ctx.lineWidth = marker === "cross" ? 2 : 1;
  ctx.strokeStyle = marker === "cross" ? colour : PAPER;
  ctx.fillStyle = colour;
  if (marker !== "cross") {
    ctx.closePath();
    ctx.fill();
  }
  ctx.stroke();
}
