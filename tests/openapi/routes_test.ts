import assert from "node:assert/strict";
import { ownerOf, type UpstreamName } from "../../services/gateway/upstreams.ts";
import type { ServiceApp } from "../../shared/http/mod.ts";
import { apiDocument, makeApps } from "../support/api.ts";

/** Routes that the document leaves out, each with its reason. */
const LEFT_OUT: readonly (readonly [route: RegExp, reason: string])[] = [
  [/^GET \/docs\/|^GET \/[a-z_]+\.js$/, "a file that a page loads: it changes with the page"],
  [
    /^(?:GET|POST) \/(?:datasets|models|evaluations|scores|comparisons|reader-studies)(?:\/|$)/,
    "a page or form for people: made of the API, its address is no promise",
  ],
];

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
  const { gateway, ...services } = makeApps();
  const reached = Object.entries(services).flatMap(([name, app]) =>
    routesOf(app).filter((route) => ownerOf(pathOf(route)) === name as UpstreamName)
  );
  const routes = [...routesOf(gateway), ...reached];
  const shown = routes.filter((route) => !LEFT_OUT.some(([pattern]) => pattern.test(route)));
  const { paths } = await apiDocument();
  const documented = Object.entries(paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`)
  );
  assert.deepEqual(documented.toSorted(), shown.toSorted());
  assert.ok(documented.length > 40);
});

Deno.test("what is left out of the document is there, and is no part of the API", () => {
  const routes = routesOf(makeApps().gateway);
  for (const [pattern, reason] of LEFT_OUT) {
    assert.ok(routes.some((route) => pattern.test(route)), reason);
  }
  const left = routes.filter((route) => LEFT_OUT.some(([pattern]) => pattern.test(route)));
  assert.deepEqual(left.filter((route) => pathOf(route).startsWith("/v1/")), []);
});

Deno.test("services have no route that nobody reaches", () => {
  const { gateway, ...services } = makeApps();
  const inside = new Set(routesOf(gateway));
  for (const [name, app] of Object.entries(services)) {
    const lost = routesOf(app).filter((route) =>
      ownerOf(pathOf(route)) !== name && !inside.has(route)
    );
    assert.deepEqual(lost, [], name);
  }
});
