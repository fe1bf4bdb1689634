import { createHash } from "node:crypto";
const LIGHT = `
  --paper: #ffffff; --ink: #1b1f24; --muted: #535d69; --line: #d3d9e0; --shade: #f3f5f8;
  --accent: #0b4f9e; --warn: #fff3dc; --warn-line: #8a5a00;
  --good: #1a6b3c; --bad: #a3281e; --edge: #1b1f2438;
  color-scheme: light;`;

const DARK = `
  --paper: #14181d; --ink: #e7eaee; --muted: #a9b3bf; --line: #39424d; --shade: #1d232a;
  --accent: #8ab8f5; --warn: #33270f; --warn-line: #e0b460;
  --good: #6fd3a5; --bad: #ff9d8a; --edge: #000000a0;
  color-scheme: dark;`;

const SCREEN = `
*, ::before, ::after { box-sizing: border-box; }
/* Rules for buttons would show them again. */
[hidden] { display: none !important; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
header.site, main, footer { max-width: 60rem; margin: 0 auto; padding: 0 1.25rem; }
header.site { padding-top: .75rem; border-bottom: 1px solid var(--line); }
header.site ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 0; padding: 0 0 .75rem;
  list-style: none; max-width: none; }
header.site li:first-child { font-weight: 700; }
footer { margin-top: 3rem; padding-top: 1rem; padding-bottom: 2rem; border-top: 1px solid var(--line);
  color: var(--muted); font-size: .875rem; }
footer p { max-width: none; }
a { color: var(--accent); }
a:focus-visible, summary:focus-visible, [tabindex]:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: .5rem; background: var(--paper); padding: .5rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 1.5rem 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.3rem; line-height: 1.25; margin: 2.5rem 0 .75rem; padding-bottom: .25rem;
  border-bottom: 2px solid var(--line); }
h3 { font-size: 1.05rem; margin: 1.75rem 0 .5rem; }
p, ul, ol, dl { margin: .5rem 0 .75rem; max-width: 46rem; overflow-wrap: break-word; }
.byline, .note, figcaption, caption { color: var(--muted); }
.byline { overflow-wrap: anywhere; }
.note { font-size: .875rem; }
.lead { font-size: 1.125rem; }
.tiles { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1rem 0; padding: 0; max-width: none;
  list-style: none; }
.tiles li { flex: 1 1 13rem; padding: .75rem 1rem; border: 1px solid var(--line); border-radius: .5rem;
  background: var(--shade); }
.tiles .name, .tiles .more { display: block; font-size: .875rem; color: var(--muted); }
.tiles .more { text-wrap: balance; }
.tiles .value { display: block; font-size: 1.75rem; line-height: 1.2; font-weight: 650; }
.warnings { margin: 1.25rem 0; padding: .25rem 1rem; border-left: .375rem solid var(--warn-line);
  background: var(--warn); }
.warnings h2 { margin: .5rem 0; border: 0; padding: 0; font-size: 1.05rem; }
.warnings li { overflow-wrap: anywhere; }
.related ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: .5rem 0 1rem; padding: 0;
  list-style: none; max-width: none; }
.contents ol { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; padding: 0; list-style: none;
  max-width: none; }
/* Shade at a side says that there is more: it lies behind covers that move with the content. */
.scroll { overflow-x: auto; margin: .75rem 0 1rem;
  background: linear-gradient(to right, var(--paper) 40%, transparent) left / 2.5rem 100% local,
    linear-gradient(to left, var(--paper) 40%, transparent) right / 2.5rem 100% local,
    linear-gradient(to right, var(--edge), transparent) left / .875rem 100% scroll,
    linear-gradient(to left, var(--edge), transparent) right / .875rem 100% scroll;
  background-repeat: no-repeat; }
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
td:last-child:not(.number, .whole) { min-width: 9rem; }
tbody th small { overflow-wrap: break-word; }
tbody th > code { white-space: nowrap; }
caption strong { color: var(--ink); font-size: .9375rem; }
table.answers th { width: 28%; }
table.answers td:last-child { width: 20%; }
table.facts th { width: min(14rem, 40%); font-weight: 500; color: var(--muted); }
table.facts td { overflow-wrap: anywhere; }
pre { overflow-x: auto; padding: .75rem 1rem; background: var(--shade); }
code { font: .875em ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr));
  gap: 1rem 1.5rem; }
figure { margin: 0; }
figcaption { font-size: .875rem; max-width: 46rem; }
.chart svg { display: block; width: 100%; max-width: 30rem; height: auto; }
.chart.wide svg { min-width: 34rem; max-width: 48rem; }
a.exam { display: inline-flex; align-items: center; gap: .625rem; }
a.exam img { background: #000; object-fit: contain; flex: none; }
dt { font-weight: 600; margin-top: .5rem; }
dd { margin: 0 0 .25rem; }`;

const FORMS = `
.notes { white-space: pre-wrap; overflow-wrap: anywhere; }
form.entry { max-width: 40rem; }
form.entry label, form.entry legend { display: block; font-weight: 600; margin-top: 1rem; }
form.entry .hint { display: block; color: var(--muted); font-size: .875rem; font-weight: 400; }
form.entry .fault { display: block; color: var(--bad); font-weight: 600; }
form.entry .fault::before { content: "✕ "; content: "✕ " / ""; }
form.entry [aria-invalid] { border: 2px solid var(--bad); }
form.entry label.tick { display: flex; gap: .625rem; align-items: baseline; margin-top: .625rem;
  font-weight: 400; }
form.entry label.tick small { display: block; color: var(--muted); }
form.entry label.tick input { width: auto; flex: none; }
details { margin-top: 1.25rem; border-top: 1px solid var(--line); padding-top: .75rem; }
summary { cursor: pointer; font-weight: 600; color: var(--accent); }
[aria-current] { font-weight: 700; text-decoration: none; color: inherit; }
fieldset { border: 1px solid var(--line); border-radius: .5rem; margin: 1rem 0; padding: 0 1rem 1rem; }
input, select, button, textarea { font: inherit; color: var(--ink); background: var(--paper);
  border: 1px solid var(--muted); border-radius: .375rem; padding: .375rem .625rem; max-width: 100%; }
form.entry input, form.entry select, form.entry textarea { width: 100%; }
button, a.button { display: inline-block; background: var(--accent); color: var(--paper); border: 0;
  border-radius: .375rem; padding: .5rem 1rem; text-decoration: none; cursor: pointer; }
form.entry button { margin-top: 1.25rem; }
button.help { width: 1.5rem; height: 1.5rem; padding: 0; border-radius: 50%; font-size: .8125rem;
  line-height: 1; background: transparent; color: var(--accent); border: 1px solid var(--line); }
.help-text { max-width: min(30rem, 90vw); border: 1px solid var(--muted); border-radius: .5rem;
  background: var(--paper); color: var(--ink); padding: 0 1rem; }
button.plain { background: var(--paper); color: var(--ink); border: 1px solid var(--muted); }
input:focus-visible, select:focus-visible, button:focus-visible, textarea:focus-visible {
  outline: 3px solid var(--accent); outline-offset: 2px; }
form.filters { display: flex; flex-wrap: wrap; align-items: end; gap: .5rem 1rem; margin: 1rem 0; }
form.filters label { display: block; font-size: .875rem; }
.actions { display: flex; flex-wrap: wrap; align-items: center; gap: .75rem 1.25rem; max-width: none; }
.state { white-space: nowrap; font-weight: 600; }
.state::before { display: inline-block; width: 1.25em; color: var(--shape, var(--muted)); }
.state.good::before { content: "✓"; content: "✓" / ""; --shape: var(--good); }
.state.bad::before { content: "✕"; content: "✕" / ""; --shape: var(--bad); }
.state.busy::before { content: "▶"; content: "▶" / ""; --shape: var(--accent); }
.state.waiting::before { content: "○"; content: "○" / ""; }
.state.off::before { content: "–"; content: "–" / ""; }
pre.log { max-height: 30rem; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere;
  font-size: .875rem; }
progress { width: 100%; max-width: 30rem; height: 1rem; accent-color: var(--accent); }`;

/** On a narrow screen the names of rows stay while their numbers scroll. */
const NARROW = `
@media screen and (max-width: 40rem) {
  .scroll tbody th, .scroll thead th:first-child { position: sticky; left: 0; z-index: 1; max-width: 9rem;
    background: var(--paper); }
}`;

/** A4 with page numbers, without screen-only elements, with few page breaks inside blocks. */
const PRINT = `
@page { size: A4; margin: 15mm 14mm 17mm;
  @bottom-left { content: "mammoeval"; font: 8pt sans-serif; color: #535d69; }
  @bottom-right { content: counter(page) " / " counter(pages); font: 8pt sans-serif; color: #535d69; } }
@media print {
  html { font-size: 9.5pt; }
  body { line-height: 1.4; }
  header.site, .contents, .related, .skip, .files, .actions, form, form.filters, a.button,
  button { display: none; }
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
  /* One sheet: its charts are explained again among the details. */
  .summary { break-after: page; }
  .summary figcaption { display: none; }
  .summary .tiles li { flex-basis: 15%; padding: 1.5mm 2mm; }
  .scroll { overflow: visible; }
  .charts { grid-template-columns: 1fr 1fr; gap: 4mm 6mm; }
  .halves { display: grid; grid-template-columns: 1fr 1fr; gap: 0 6mm; font-size: .85em; }
  .halves > div { break-inside: avoid; }
  .halves h3 { margin: 2mm 0 0; }
  .halves th { min-width: 0; }
  .halves table { font-size: .75rem; }
  .halves small { font-size: .6875rem; white-space: nowrap; }
  .halves p { margin: .5mm 0; }
  .chart.wide svg { min-width: 0; max-height: 120mm; }
  .scroll { background: none; }
  a.exam img { width: 14mm; height: 14mm; }
  pre.log { max-height: none; }
  .tiles li { background: none; }
  a { color: inherit; text-decoration: none; }
}`;

export interface PageLook {
  /** The CSS. It is embedded in the page, so that a saved page is one file. */
  readonly style: string;
  /** Hash of the style for the content security policy. */
  readonly styleHash: string;
}

/** Creates the style of pages: light, dark if the reader prefers it, A4 in print. Print is always light. */
export function makeLook(darkRules = "", rules = ""): PageLook {
  const style = `
:root {${LIGHT} }
@media screen and (prefers-color-scheme: dark) {
  :root {${DARK} }
${darkRules}
}
${SCREEN}
${FORMS}
${NARROW}
${rules}
${PRINT}
`;
  const styleHash = `sha256-${createHash("sha256").update(style).digest("base64")}`;
  return { style, styleHash };
}

/** Returns the policy of a page without script: only its own style, no requests. */
export function readingPolicy({ styleHash }: PageLook): string {
  return `default-src 'none'; style-src '${styleHash}'; base-uri 'none'; form-action 'none'`;
}

/** Returns the policy of a page with forms and this site's own scripts and images. */
export function workingPolicy({ styleHash }: PageLook): string {
  return `default-src 'none'; style-src '${styleHash}'; script-src 'self'; connect-src 'self'; ` +
    "img-src 'self'; base-uri 'none'; form-action 'self'";
}

/** Returns a page's headers: its policy, and no caching without revalidation. */
export function pageHeaders(policy: string): Readonly<Record<string, string>> {
  return {
    "content-security-policy": `${policy}; frame-ancestors 'none'`,
    "cache-control": "no-cache",
  };
}
