import type { Colour, Dash, Marker, Point } from "./curve_chart.ts";

/** Font family of every chart's text; the first font is always available to the canvas. */
export const SVG_FONTS = "DejaVu Sans, Verdana, Geneva, sans-serif";
/** Text: contrast 16:1 against white. */
export const INK = "#222222";
export const FRAME = "#444444";
export const GRID = "#dddddd";
export const PAPER = "#ffffff";
export const LINE_WIDTH = 2.25;
export const WHISKER_WIDTH = 1.5;
/** Half the length of a whisker cap in pixels. */
export const CAP = 5;
/** Radius of the circle around a marker in pixels. */
export const MARKER_RADIUS = 5.5;
/** Opacity of the tint below a filled curve. */
export const TINT = 0.15;

export const COLOURS: Readonly<Record<Colour, string>> = {
  blue: "#0b4f9e",
  red: "#b3320a",
  green: "#0d6b45",
  purple: "#6b2fa0",
  brown: "#7a5200",
  grey: "#5c5c5c",
};

/** Line patterns in pixels drawn and skipped; empty is solid. */
export const DASHES: Readonly<Record<Exclude<Dash, "none">, readonly number[]>> = {
  solid: [],
  dashed: [8, 5],
  dotted: [2, 4],
  dash_dot: [10, 4, 2, 4],
};

/** Corners of a marker in pixels; those of a cross are two strokes, one after the other. */
export function markerCorners(marker: Exclude<Marker, "circle">, x: number, y: number): Point[] {
  const r = MARKER_RADIUS;
  const s = r * Math.SQRT1_2;
  const t = r * Math.sqrt(3) / 2;
  switch (marker) {
    case "square":
      return [[x - s, y - s], [x + s, y - s], [x + s, y + s], [x - s, y + s]];
    case "diamond":
      return [[x, y - r], [x + r, y], [x, y + r], [x - r, y]];
    case "triangle":
      return [[x, y - r], [x + t, y + r / 2], [x - t, y + r / 2]];
    case "cross":
      return [[x - s, y - s], [x + s, y + s], [x - s, y + s], [x + s, y - s]];
  }
}
