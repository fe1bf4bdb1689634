/**
 * Charts and pages of the scoring service: data → one description → PNG or SVG, report → HTML. Pure
 * functions of their data, except that the PNG renderer reads fonts from an npm package.
 *
 * @module
 */

export { CHART_WIDTH, type Curve, type CurveChart, type Point } from "./curve_chart.ts";
export { type ChartEstimate, estimateText } from "./estimate_text.ts";
export * from "./level_charts.ts";
export { type ReportPageData, writeReportPage } from "./pages/report_page.tsx";
export { PAGE_HEADERS } from "./pages/report_look.ts";
export { writeLeaderboardPage } from "./pages/leaderboard_page.tsx";
export { writeComparisonPage } from "./pages/comparison_page.tsx";
export {
  SIMULATION_HEADERS,
  type SimulationPageData,
  writeSimulationPage,
} from "./pages/simulation_page.tsx";
export { writeStudiesPage } from "./pages/study_page.tsx";
export { type StudyPageData, writeStudyPage } from "./pages/study_page.tsx";
export { renderPng } from "./render_png.ts";
export { renderSvg } from "./render_svg.ts";
export { CHANCE } from "./roc_chart.ts";
export { thinPoints } from "./thin_points.ts";
