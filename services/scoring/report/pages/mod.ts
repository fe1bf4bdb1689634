/**
 * Pages of the scoring service: report → HTML. Pure functions of their data.
 * @module
 */

export { type ReportPageData, type ThresholdPoint, writeReportPage } from "./report_page.tsx";
export { writeWordTable } from "./word_table.tsx";
export { PAGE_HEADERS } from "./report_look.ts";
export { writeLeaderboardPage } from "./leaderboard_page.tsx";
export { type ComparisonPageData, writeComparisonPage } from "./comparison_page.tsx";
export { type SimulationPageData, writeSimulationPage } from "./simulation_page.tsx";
export { SLIDER_HEADERS } from "./threshold_slider.tsx";
export { type StudyPageData, writeStudyPage } from "./study_page.tsx";
export { type AnalysisPageData, writeAnalysisPage } from "./analysis_page.tsx";
export { type PairedPageData, writePairedPage } from "./paired_page.tsx";
