/**
 * Charts and pages of the scoring service: data → one description → PNG or SVG, report → HTML. Pure
 * given their data, but for the fonts that the PNG renderer reads from an npm package.
 *
 * @module
 */

export * from "./calibration_chart.ts";
export * from "./curve_chart.ts";
export type { ChartEstimate } from "./estimate_text.ts";
export * from "./forest_chart.ts";
export * from "./histogram_chart.ts";
export * from "./pr_chart.ts";
export * from "./render_png.ts";
export * from "./render_svg.ts";
export * from "./roc_chart.ts";
export * from "./thin_points.ts";
