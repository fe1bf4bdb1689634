/**
 * Charts of the scoring service: data → one description → PNG or SVG. Pure but for the fonts.
 * @module
 */

export { CHART_WIDTH, type Curve, type CurveChart, type Point } from "./curve_chart.ts";
export { type ChartEstimate, estimateText } from "./estimate_text.ts";
export * from "./level_charts.ts";
export { renderPng } from "./render_png.ts";
export { renderSvg } from "./render_svg.ts";
export { CHANCE } from "./roc_chart.ts";
export { thinPoints } from "./thin_points.ts";
