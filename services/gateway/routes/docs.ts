import { createRoute, z } from "@hono/zod-openapi";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Problem, type ServiceApp } from "../../../shared/http/mod.ts";
import { DOCS_LOOK, DOCS_PAGE, DOCS_START } from "../docs_page/page.ts";

/** Files of swagger-ui that the page needs, with their types; all are served from here. */
const ASSETS: Readonly<Record<string, string>> = {
  "swagger-ui.css": "text/css; charset=utf-8",
  "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
};

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

/** Adds the route `/docs`, the API's page. */
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
