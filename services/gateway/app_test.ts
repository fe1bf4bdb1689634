import assert from "node:assert/strict";
import { type Fetch, Problem, SILENT_LOG } from "../../shared/http/mod.ts";
import { createApp } from "./app.ts";
import { proxyTo, type UpstreamName, type Upstreams } from "./upstreams.ts";

const PATHS: Readonly<Record<UpstreamName, string>> = {
  ingestion: "/v1/datasets",
  inference: "/v1/models",
  scoring: "/v1/scores",
};

/** Services that echo their name and request. */
function makeUpstreams(change: Partial<Upstreams> = {}): Upstreams {
  const echo = (name: UpstreamName): Fetch => async (request) => {
    const { pathname, search } = new URL(request.url);
    if (pathname === "/readyz") return Response.json({ status: "ready" });
    if (pathname === "/metrics") return new Response(`# TYPE up gauge\nup{service="${name}"} 1\n`);
    return Response.json({
      service: name,
      asked: `${request.method} ${pathname}${search}`,
      headers: Object.fromEntries(request.headers),
      body: await request.text(),
    }, { status: 202, headers: { location: "/v1/somewhere" } });
  };
  return {
    ingestion: echo("ingestion"),
    inference: echo("inference"),
    scoring: echo("scoring"),
    ...change,
  };
}

function makeApp(change: Partial<Upstreams> = {}): ReturnType<typeof createApp> {
  return createApp({
    upstreams: makeUpstreams(change),
    log: SILENT_LOG,
    access: null,
    rateLimit: 0,
    hosts: [],
  });
}

Deno.test("a request goes to its owner as it is, the answer comes back as it is", async () => {
  const response = await makeApp().request("/v1/evaluations/1/cancel?x=1&y=%20", {
    method: "POST",
    body: "text",
    headers: { "idempotency-key": "k", authorization: "Bearer secret", "x-request-id": "r1" },
  });
  assert.equal(response.status, 202);
  assert.equal(response.headers.get("location"), "/v1/somewhere");
  const { service, asked, headers, body } = await response.json();
  assert.deepEqual([service, asked, body], [
    "inference",
    "POST /v1/evaluations/1/cancel?x=1&y=%20",
    "text",
  ]);
  assert.equal(headers["idempotency-key"], "k");
  assert.equal(headers["x-request-id"], "r1");
  assert.equal(headers["authorization"], undefined, "the token stays at the door");
});

Deno.test("an unknown route is a problem that leads to the documentation", async () => {
  const response = await makeApp().request("/v2/datasets");
  assert.equal(response.status, 404);
  assert.equal(response.headers.get("content-type"), "application/problem+json");
  assert.match((await response.json()).detail, /GET \/v2\/datasets .*\/docs/);
});

Deno.test("ready only when all are; who is not is named", async () => {
  assert.equal((await makeApp().request("/readyz")).status, 200);
  const gone: Fetch = () => Promise.reject(new TypeError("connection refused"));
  const response = await makeApp({ scoring: gone }).request("/readyz");
  assert.equal(response.status, 503);
  assert.match(await response.text(), /scoring is not ready/);
  assert.equal((await makeApp({ scoring: gone }).request("/healthz")).status, 200);
});

Deno.test("a service that does not answer is named", async () => {
  const response = await makeApp({ ingestion: proxyTo("ingestion", "http://127.0.0.1:9") })
    .request("/v1/datasets");
  assert.equal(response.status, 502);
  const { type, detail } = await response.json();
  assert.equal(type, "upstream_unavailable" satisfies Problem["type"]);
  assert.match(detail, /ingestion service does not answer/);
});

Deno.test("the committed document, and one text of metrics for the three", async () => {
  const answer = await makeApp().request("/openapi.json");
  assert.match(answer.headers.get("content-type")!, /^application\/json/);
  const { openapi, paths } = await answer.json();
  assert.equal(openapi, "3.1.0");
  for (const path of [...Object.values(PATHS), "/healthz", "/docs"]) assert.ok(paths[path], path);
  const metrics = await (await makeApp().request("/metrics")).text();
  assert.equal([...metrics.matchAll(/^# TYPE up/gm)].length, 1);
  assert.equal([...metrics.matchAll(/^up\{/gm)].length, 3);
});

Deno.test("the page of the API is served whole from here", async () => {
  const app = makeApp();
  const page = await (await app.request("/docs")).text();
  const paths = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]!);
  for (const path of paths) {
    if (path === "data:," || path === "/") continue;
    assert.ok(path.startsWith("/"), path);
    assert.equal((await app.request(path)).status, 200, path);
  }
  assert.equal((await app.request("/docs/..%2f..%2fdeno.json")).status, 404);
});
