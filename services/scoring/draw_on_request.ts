import type { DrawnFile, Level, ScoreReport } from "../../shared/contracts/scores.ts";
import { plotSubtitle } from "./plot_subtitle.ts";
import {
  CHART_WIDTH,
  levelCalibrationChart,
  levelHistogramChart,
  renderPng,
  renderSvg,
} from "./report/mod.ts";

/** What a report's plot is drawn from. */
export interface DrawRequest {
  readonly report: ScoreReport;
  readonly level: Level;
  readonly file: DrawnFile;
}

/**
 * Draws a plot that needs nothing but the report, so that scoring need not.
 *
 * @param request the report, one of its levels; which plot, and as what
 * @returns PNG or SVG; null where the report has no such level
 */
export async function drawOnRequest(
  { report, level, file }: DrawRequest,
): Promise<Uint8Array | null> {
  const of = report.levels[level];
  if (of === undefined) return null;
  const data = { level, report: of, subtitle: plotSubtitle(report), width: CHART_WIDTH };
  const chart = file.startsWith("calibration")
    ? levelCalibrationChart(data)
    : levelHistogramChart(data);
  return file.endsWith(".png")
    ? await renderPng(chart)
    : new TextEncoder().encode(renderSvg(chart));
}
