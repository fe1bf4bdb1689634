import { createHash } from "node:crypto";
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

/** What the charts' own colours become in the dark: as drawn, as shown. */
const DARK_CHART: readonly (readonly [drawn: string, shown: string])[] = [
  [INK, "var(--ink)"],
  [FRAME, "var(--muted)"],
  [GRID, "var(--line)"],
  [PAPER, "var(--paper)"],
  ...Object.entries(COLOURS).map(([name, drawn]) => [drawn, DARK_COLOURS[name as Colour]] as const),
];

const LIGHT = `
  --paper: #ffffff; --ink: #1b1f24; --muted: #535d69; --line: #d3d9e0; --shade: #f3f5f8;
  --accent: #0b4f9e; --warn: #fff3dc; --warn-line: #8a5a00;
  color-scheme: light;`;

const DARK = `
  --paper: #14181d; --ink: #e7eaee; --muted: #a9b3bf; --line: #39424d; --shade: #1d232a;
  --accent: #8ab8f5; --warn: #33270f; --warn-line: #e0b460;
  color-scheme: dark;`;

const SCREEN = `
*, ::before, ::after { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
header.site, main, footer { max-width: 60rem; margin: 0 auto; padding: 0 1.25rem; }
header.site { padding-top: .75rem; border-bottom: 1px solid var(--line); }
header.site ul { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; margin: 0; padding: 0 0 .75rem;
  list-style: none; }
header.site li:first-child { font-weight: 700; }
footer { margin-top: 3rem; padding-top: 1rem; padding-bottom: 2rem; border-top: 1px solid var(--line);
  color: var(--muted); font-size: .875rem; }
a { color: var(--accent); }
a:focus-visible, [tabindex]:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: .5rem; background: var(--paper); padding: .5rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 1.5rem 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.3rem; line-height: 1.25; margin: 2.5rem 0 .75rem; padding-bottom: .25rem;
  border-bottom: 2px solid var(--line); }
h3 { font-size: 1.05rem; margin: 1.75rem 0 .5rem; }
p, ul, ol, dl { margin: .5rem 0 .75rem; max-width: 46rem; }
.byline, .note, figcaption, caption { color: var(--muted); }
.byline { overflow-wrap: anywhere; }
.note { font-size: .875rem; }
.lead { font-size: 1.125rem; }
.tiles { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1rem 0; padding: 0; max-width: none;
  list-style: none; }
.tiles li { flex: 1 1 13rem; padding: .75rem 1rem; border: 1px solid var(--line); border-radius: .5rem;
  background: var(--shade); }
.tiles .name, .tiles .more { display: block; font-size: .875rem; color: var(--muted); }
.tiles .more { white-space: nowrap; }
.tiles .value { display: block; font-size: 1.75rem; line-height: 1.2; font-weight: 650; }
.warnings { margin: 1.25rem 0; padding: .25rem 1rem; border-left: .375rem solid var(--warn-line);
  background: var(--warn); }
.warnings h2 { margin: .5rem 0; border: 0; padding: 0; font-size: 1.05rem; }
.warnings li { overflow-wrap: anywhere; }
.contents ol { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; padding: 0; list-style: none;
  max-width: none; }
.scroll { overflow-x: auto; margin: .75rem 0 1rem; }
table { border-collapse: collapse; width: 100%; font-size: .9375rem;
  font-variant-numeric: tabular-nums; }
caption { text-align: left; font-size: .875rem; padding-bottom: .375rem; }
th, td { padding: .375rem .625rem; text-align: left; vertical-align: top;
  border-bottom: 1px solid var(--line); }
thead th { border-bottom: 2px solid var(--muted); vertical-align: bottom; }
th.number, td.number { text-align: right; }
td.number, td.whole { white-space: nowrap; }
tbody th { font-weight: 600; }
td small, th small { display: block; color: var(--muted); font-size: .8125rem; font-weight: 400; }
tbody th, thead th:not(.number) { overflow-wrap: anywhere; min-width: 7rem; }
caption strong { color: var(--ink); font-size: .9375rem; }
table.answers th { width: 28%; }
table.answers td:last-child { width: 20%; }
table.facts th { width: 14rem; font-weight: 500; color: var(--muted); }
table.facts td { overflow-wrap: anywhere; }
pre { overflow-x: auto; padding: .75rem 1rem; background: var(--shade); }
code { font: .875em ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr));
  gap: 1rem 1.5rem; }
figure { margin: 0; }
figcaption { font-size: .875rem; max-width: 46rem; }
.chart svg { display: block; width: 100%; max-width: 30rem; height: auto; }
.chart.wide svg { min-width: 34rem; max-width: 48rem; }
dt { font-weight: 600; margin-top: .5rem; }
dd { margin: 0 0 .25rem; }`;

/** A4 with page numbers; nothing that only helps on a screen, nothing torn apart. */
const PRINT = `
@page { size: A4; margin: 15mm 14mm 17mm;
  @bottom-left { content: "mammoeval"; font: 8pt sans-serif; color: #535d69; }
  @bottom-right { content: counter(page) " / " counter(pages); font: 8pt sans-serif; color: #535d69; } }
@media print {
  html { font-size: 9.5pt; }
  body { line-height: 1.4; }
  header.site, .contents, .skip { display: none; }
  main, footer { max-width: none; padding: 0; }
  h1 { margin-top: 0; }
  h2 { margin-top: 7mm; }
  h1, h2, h3, section > p:not(.note), dt { break-after: avoid; }
  p { break-inside: avoid; }
  figure, table, tr, .tiles li, .warnings li, dd { break-inside: avoid; }
  table.long { break-inside: auto; }
  footer { margin-top: 5mm; break-before: avoid; }
  thead { display: table-header-group; }
  p, ul, dl, figcaption { max-width: none; orphans: 3; widows: 3; }
  table { font-size: .875rem; }
  th, td { padding: .8mm 1.5mm; }
  .tiles li { flex-basis: 20%; }
  .scroll { overflow: visible; }
  .charts { grid-template-columns: 1fr 1fr; gap: 4mm 6mm; }
  .chart.wide svg { min-width: 0; }
  .tiles li { background: none; }
  a { color: inherit; text-decoration: none; }
}`;

function darkChart(): string {
  return DARK_CHART.flatMap(([drawn, shown]) => [
    `  .chart [fill="${drawn}"] { fill: ${shown}; }`,
    `  .chart [stroke="${drawn}"] { stroke: ${shown}; }`,
  ]).join("\n");
}

/**
 * The style of every page: light, dark where the reader wants it, A4 on paper. It stands in the page
 * itself, so that a saved report is one file. Paper is always light.
 */
export const PAGE_STYLE = `
:root {${LIGHT} }
@media screen and (prefers-color-scheme: dark) {
  :root {${DARK} }
${darkChart()}
}
${SCREEN}
${PRINT}
`;

/** Hash of the style as a content security policy names it. */
const STYLE_HASH = `sha256-${createHash("sha256").update(PAGE_STYLE).digest("base64")}`;

/** What a saved page allows itself: its own style. No script, no request, nothing from elsewhere. */
export const FILE_POLICY = `default-src 'none'; style-src '${STYLE_HASH}'; base-uri 'none'; ` +
  "form-action 'none'";

/** Headers of every page: its policy; read anew when its data have changed. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy": `${FILE_POLICY}; frame-ancestors 'none'`,
  "cache-control": "no-cache",
};
