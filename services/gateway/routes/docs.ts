import { createRoute, z } from "@hono/zod-openapi";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Problem, type ServiceApp } from "../../../shared/http/mod.ts";

/** Files of swagger-ui that the page needs, with their types: nothing comes from elsewhere. */
const ASSETS: Readonly<Record<string, string>> = {
  "swagger-ui.css": "text/css; charset=utf-8",
  "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
};

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>mammoeval API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<div id="docs"><p>The API as a document: <a href="/openapi.json">/openapi.json</a></p></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</html>
`;

const START = `SwaggerUIBundle({ url: "/openapi.json", dom_id: "#docs", deepLinking: true });\n`;

const docsRoute = createRoute({
  method: "get",
  path: "/docs",
  operationId: "readApiPage",
  tags: ["pages"],
  summary: "The API as a page",
  description: "Shows `/openapi.json` and sends requests by hand; needs nothing from elsewhere.",
  responses: {
    200: { description: "HTML", content: { "text/html": { schema: z.string() } } },
  },
});

/**
 * Hangs `/docs` on an app: the API's page, served whole from here.
 *
 * @param app the gateway's app
 */
export function addDocsRoutes(app: ServiceApp): void {
  const folder = dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));
  app.openapi(docsRoute, (c) => c.html(PAGE, 200));
  app.get(
    "/docs/start.js",
    (c) => c.body(START, 200, { "content-type": "text/javascript; charset=utf-8" }),
  );
  app.get("/docs/:file", async (c) => {
    const file = c.req.param("file");
    const type = Object.hasOwn(ASSETS, file) ? ASSETS[file]! : null;
    if (type === null) {
      throw new Problem("not_found", `The API page has no file ${JSON.stringify(file)}`);
    }
    // Part by part, as it is read: whoever asks often and reads nothing would have it held as often.
    const { readable } = await Deno.open(join(folder, file));
    return c.body(readable, 200, { "content-type": type });
  });
}
