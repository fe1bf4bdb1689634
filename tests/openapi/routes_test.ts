import assert from "node:assert/strict";
import { ownerOf, type UpstreamName } from "../../services/gateway/upstreams.ts";
import type { ServiceApp } from "../../shared/http/mod.ts";
import { apiDocument, makeApps } from "../support/api.ts";

/**
 * What of the gateway's own is promised. Its other routes are pages and forms for people, made of the API,
 * and the files that they load: they change with what people need.
 */
const OWN = ["/", "/docs", "/healthz", "/metrics", "/openapi.json", "/readyz"];

/** `GET /v1/datasets/{id}` for each route that has a handler of its own. */
function routesOf(app: ServiceApp): string[] {
  const routes = app.routes.filter(({ method }) => method !== "ALL").map(({ method, path }) =>
    `${method} ${path.replaceAll(/:(\w+)(?:\{[^}]*\})?/g, "{$1}")}`
  );
  return [...new Set(routes)];
}

function pathOf(route: string): string {
  return route.split(" ")[1]!;
}

Deno.test("every route is in the document, and everything in the document is a route", async () => {
  const { gateway: _, ...services } = makeApps();
  const reached = Object.entries(services).flatMap(([name, app]) =>
    routesOf(app).filter((route) => ownerOf(pathOf(route)) === name as UpstreamName)
  );
  const shown = [...OWN.map((path) => `GET ${path}`), ...reached];
  const { paths } = await apiDocument();
  const documented = Object.entries(paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`)
  );
  assert.deepEqual(documented.toSorted(), shown.toSorted());
  assert.ok(documented.length > 40);
});

Deno.test("what the document leaves out is the gateway's, for people, and no part of the API", () => {
  const own = routesOf(makeApps().gateway);
  assert.deepEqual(OWN.filter((path) => !own.includes(`GET ${path}`)), []);
  assert.deepEqual(own.filter((route) => pathOf(route).startsWith("/v1/")), []);
});

Deno.test("services have no route that nobody reaches", () => {
  const { gateway, ...services } = makeApps();
  const inside = new Set(routesOf(gateway));
  for (const [name, app] of Object.entries(services)) {
    const lost = routesOf(app).filter((route) =>
      ownerOf(pathOf(route)) !== name && !inside.has(route) && !isBetweenServices(route)
    );
    assert.deepEqual(lost, [], name);
  }
});

/** Services ask each other below `/internal/`. */
function isBetweenServices(route: string): boolean {
  return pathOf(route).startsWith("/internal/");
}

Deno.test("what services ask each other is reached through no gateway", () => {
  const { gateway, ...services } = makeApps();
  const between = Object.values(services).flatMap(routesOf).filter(isBetweenServices);
  assert.ok(between.length > 0);
  assert.deepEqual(between.filter((route) => ownerOf(pathOf(route)) !== null), []);
  assert.deepEqual(routesOf(gateway).filter(isBetweenServices), []);
});
