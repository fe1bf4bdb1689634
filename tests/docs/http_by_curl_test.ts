import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT, startEmbedded } from "../support/embedded_service.ts";
import { sendJson } from "../support/http.ts";
import { curlRequests, fitsTemplate } from "./curl_requests.ts";
import { readBlocks } from "./markdown.ts";

const DOCUMENT = join(PROJECT, "docs/http_by_curl.md");
/** The tag of what is read in a browser. */
const PAGES = "pages";

Deno.test("HTTP by curl has a line for every route, and none for a route that is not there", async () => {
  const requests = readBlocks(await Deno.readTextFile(DOCUMENT))
    .filter(({ kind }) => kind === "curl" || kind === "refused")
    .flatMap(({ text }) => curlRequests(text));
  await using service = await startEmbedded();
  const document: { paths: Record<string, Record<string, { tags: string[] }>> } =
    (await sendJson(`${service.url}/openapi.json`, "GET")).body;
  const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).filter(([, { tags }]) => !tags.includes(PAGES))
      .map(([method]) => ({ method: method.toUpperCase(), path }))
  );
  const missing = routes.filter((route) =>
    !requests.some(({ method, path }) => method === route.method && fitsTemplate(route.path, path))
  );
  assert.deepEqual(missing, [], "routes without a line in docs/http_by_curl.md");
  const invented = requests.filter(({ method, path }) =>
    !routes.some((route) => route.method === method && fitsTemplate(route.path, path))
  );
  assert.deepEqual(invented, [], "lines that ask for no route");
});

Deno.test("lines of curl: methods and paths", () => {
  const script = `id=$(curl -sS 'http://127.0.0.1:8000/v1/a?limit=1' | sed x)
curl -sS -F a=@b \\
  http://127.0.0.1:8000/v1/b > c
curl -X DELETE "http://127.0.0.1:8000/v1/b/$id"`;
  assert.deepEqual(curlRequests(script), [
    { method: "GET", path: "/v1/a" },
    { method: "POST", path: "/v1/b" },
    { method: "DELETE", path: "/v1/b/$id" },
  ]);
  assert.ok(fitsTemplate("/v1/b/{id}", "/v1/b/$id") && !fitsTemplate("/v1/b/{id}", "/v1/b/c/d"));
});
