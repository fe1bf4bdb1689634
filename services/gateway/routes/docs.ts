import { createRoute, z } from "@hono/zod-openapi";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Problem, type ServiceApp } from "../../../shared/http/mod.ts";

/** Files of swagger-ui that the page needs, with their types; all are served from here. */
const ASSETS: Readonly<Record<string, string>> = {
  "swagger-ui.css": "text/css; charset=utf-8",
  "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
};

/**
 * The API's page. swagger-ui can send requests, which a page of our own could not do without a build step. A style
 * sheet and a short script add keyboard access and dark mode.
 */
const DOCS_PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>mammoeval API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="stylesheet" href="/docs/look.css">
<nav aria-label="Site"><a href="/">mammoeval</a> <a href="/openapi.json">The API as a document</a></nav>
<div id="docs"><p>Loading the API; without scripts, read <a href="/openapi.json">the document</a>.</p></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</html>
`;

/**
 * Starts swagger-ui and adds what it lacks: dark or light mode by the reader's preference, names of choices, and
 * keyboard scrolling. Links inside of its buttons stay unreachable by keyboard.
 */
const DOCS_START = `"use strict";
const wish = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", wish.matches);
follow();
wish.addEventListener("change", follow);

function nameOf(select) {
  if (select.id === "servers") return "Server";
  return select.closest(".examples-select") === null ? "Content type" : "Example";
}
function mend() {
  for (const select of document.querySelectorAll("select:not([aria-label])")) {
    select.setAttribute("aria-label", nameOf(select));
  }
  for (const text of document.querySelectorAll("pre:not([tabindex])")) text.tabIndex = 0;
  for (const head of document.querySelectorAll("h3.opblock-tag")) head.ariaLevel = "2";
  for (const head of document.querySelectorAll("h4.opblock-title")) head.ariaLevel = "3";
  for (const [part, label] of [[".information-container", "About"], [".scheme-container", "Server and token"]]) {
    const found = document.querySelector(part);
    if (found !== null) Object.assign(found, { role: "region", ariaLabel: label });
  }
}
new MutationObserver(mend).observe(document.body, { childList: true, subtree: true });

SwaggerUIBundle({ url: "/openapi.json", dom_id: "#docs", validatorUrl: null, defaultModelsExpandDepth: -1 });
`;

/** Raises the contrast of swagger-ui's text to at least 4.5 (WCAG 2.2, 1.4.3), in light and dark. */
const DOCS_LOOK = `
nav { display: flex; gap: 1.25rem; max-width: 1460px; margin: 0 auto; padding: .75rem 20px;
  font: 1rem/1.5 system-ui, "DejaVu Sans", sans-serif; }
nav a { color: #0b4f9e; }
.swagger-ui a, .swagger-ui .info .url, .swagger-ui .info a.link { color: #0b4f9e; }
.swagger-ui .info .title small { background: #535d69; }
.swagger-ui .info .title small.version-stamp { background: #3f6212; }
.swagger-ui .btn.authorize { color: #1a6b3c; border-color: #1a6b3c; }
.swagger-ui .btn.authorize svg { fill: #1a6b3c; }
.swagger-ui .opblock.opblock-get .opblock-summary-method { background: #0b4f9e; }
.swagger-ui .opblock.opblock-post .opblock-summary-method { background: #1a6b3c; }
.swagger-ui .opblock.opblock-patch .opblock-summary-method { background: #00695c; }
.swagger-ui .opblock.opblock-delete .opblock-summary-method { background: #a3281e; }
.swagger-ui .parameter__in, .swagger-ui .parameter__extension { color: #535d69; }
.swagger-ui .markdown code, .swagger-ui .renderedMarkdown code { color: #6a1b9a; }
.swagger-ui .microlight, .swagger-ui .microlight * { color: #f3f5f8 !important; }
html.dark-mode { color-scheme: dark; }
html.dark-mode nav a, html.dark-mode .swagger-ui a, html.dark-mode .swagger-ui .info .url,
html.dark-mode .swagger-ui .info a.link { color: #8ab8f5; }
html.dark-mode .swagger-ui .examples-select__section-label, html.dark-mode .swagger-ui .headers td,
html.dark-mode .swagger-ui .parameter__in { color: #e7eaee; }
html.dark-mode .swagger-ui .btn.authorize { color: #6fd3a5; border-color: #6fd3a5; }
html.dark-mode .swagger-ui .btn.authorize svg { fill: #6fd3a5; }
html.dark-mode .swagger-ui .markdown code, html.dark-mode .swagger-ui .renderedMarkdown code { color: #e0b0ff; }
@media (max-width: 640px) {
  .swagger-ui .opblock-body { overflow-x: auto; }
}
`;

/** Our own files of the page. */
const OWN: readonly (readonly [file: string, content: string, type: string])[] = [
  ["start.js", DOCS_START, "text/javascript; charset=utf-8"],
  ["look.css", DOCS_LOOK, "text/css; charset=utf-8"],
];

const docsRoute = createRoute({
  method: "get",
  path: "/docs",
  operationId: "readApiPage",
  tags: ["pages"],
  summary: "The API as a page",
  description:
    "Shows `/openapi.json` and sends requests interactively; loads nothing from other sites.",
  responses: { 200: { description: "HTML", content: { "text/html": { schema: z.string() } } } },
});

export function addDocsRoutes(app: ServiceApp): void {
  const folder = dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));
  app.openapi(docsRoute, (c) => c.html(DOCS_PAGE, 200));
  for (const [file, content, type] of OWN) {
    app.get(`/docs/${file}`, (c) => c.body(content, 200, { "content-type": type }));
  }
  app.get("/docs/:file", async (c) => {
    const file = c.req.param("file");
    const type = Object.hasOwn(ASSETS, file) ? ASSETS[file]! : null;
    if (type === null) {
      throw new Problem("not_found", `The API page has no file ${JSON.stringify(file)}`);
    }
    // Stream the file: buffers of clients that request but do not read would fill the memory.
    const { readable } = await Deno.open(join(folder, file));
    return c.body(readable, 200, { "content-type": type });
  });
}
