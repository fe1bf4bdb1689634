import type { JSX } from "hono/jsx/jsx-runtime";
import { makeLook, pageHeaders, readingPolicy, writePage } from "../../../../shared/pages/mod.ts";
import type { PageLook } from "../../../../shared/pages/mod.ts";
import { COLOURS, FRAME, GRID, INK, PAPER } from "../chart_style.ts";
import type { Colour } from "../curve_chart.ts";

/** Colours of curves on dark paper, at least 4.5:1 against it. */
const DARK_COLOURS: Readonly<Record<Colour, string>> = {
  blue: "#7fb4ff",
  red: "#ff9d7a",
  green: "#6fd3a5",
  purple: "#c9a2ff",
  brown: "#e0b460",
  grey: "#a8b0ba",
};

/** Dark-mode replacements of chart colours: as drawn, as shown. */
const DARK_CHART: readonly (readonly [drawn: string, shown: string])[] = [
  [INK, "var(--ink)"],
  [FRAME, "var(--muted)"],
  [GRID, "var(--line)"],
  [PAPER, "var(--paper)"],
  ...Object.entries(COLOURS).map(([name, drawn]) => [drawn, DARK_COLOURS[name as Colour]] as const),
];

const DARK_RULES = DARK_CHART.flatMap(([drawn, shown]) => [
  `  .chart [fill="${drawn}"] { fill: ${shown}; }`,
  `  .chart [stroke="${drawn}"] { stroke: ${shown}; }`,
]).join("\n");

export const REPORT_LOOK: PageLook = makeLook(DARK_RULES);

/** Content security policy of a saved page: its own style; no script or external request. */
export const FILE_POLICY: string = readingPolicy(REPORT_LOOK);

/** Headers of pages of the scoring service; those of the site show pictures of exams and local time. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = pageHeaders(
  `${FILE_POLICY}; img-src 'self'; script-src 'self'`,
);

/** The gateway's script, which shows local time. */
const SITE_SCRIPTS = { scripts: ["/live.js"], refreshS: null } as const;

/** Writes a page with charts, for the site or as a standalone file. */
export function writeReport(title: string, site: boolean, content: JSX.Element): string {
  const live = site ? { live: SITE_SCRIPTS } : {};
  return writePage({ title, look: REPORT_LOOK, site, ...live }, content);
}
