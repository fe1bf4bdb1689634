import { CALLER_HEADERS, createBaseApp, Problem } from "../../shared/http/mod.ts";
import type { Caller, Fetch, Log, ServiceApp } from "../../shared/http/mod.ts";
import { type Access, admit, isOpen } from "./access/admit.ts";
import { boundBody } from "./bound_body.ts";
import { boundHeld } from "./bound_held.ts";
import { contentPolicy } from "./content_policy.ts";
import { joinDamage, mergeMetrics } from "./join_damage.ts";
import { keepToSite } from "./access/keep_to_site.ts";
import { limitConcurrency, limitRate } from "./limit_rate.ts";
import { packAnswer } from "./pack_answer.ts";
import { problemPages } from "./pages/problem_pages.ts";
import { createSiteApi } from "./site_api.ts";
import { addDocsRoutes } from "./routes/docs.ts";
import { addPageRoutes } from "./routes/pages.ts";
import { ownerOf, type UpstreamName, type Upstreams } from "./upstreams.ts";

export interface GatewayDependencies {
  readonly upstreams: Upstreams;
  readonly log: Log;
  /** Access control; null when only this process can reach the gateway. */
  readonly access: Access | null;
  /** Requests per user and minute; 0 for no limit. */
  readonly rateLimit: number;
  /** Host names, without ports, under which it is reached besides this machine's own. */
  readonly hosts: readonly string[];
}

/** Creates the gateway's app: one origin in front of the three services. */
export function createApp(dependencies: GatewayDependencies): ServiceApp {
  const { log, access, rateLimit, hosts } = dependencies;
  const { upstreams, damaged } = joinDamage(dependencies.upstreams, access?.damaged ?? (() => []));
  const all = Object.entries(upstreams) as [UpstreamName, Fetch][];

  async function readiness(): Promise<string[]> {
    const answers = await Promise.all(all.map(async ([name, fetch]) => {
      const response = await ask(fetch, "/readyz").catch(() => null);
      if (response?.ok) return [];
      return [`${name} is not ready`];
    }));
    const door = await access?.tokens.all().then(() => [], (error) => [String(error.message)]);
    return [...answers.flat(), ...door ?? []];
  }

  const app = createBaseApp({ service: "gateway", log, readiness, damaged });
  app.use(contentPolicy());
  app.use(packAnswer());
  app.use(problemPages(Boolean(access?.provider)));
  if (access !== null) {
    app.use(keepToSite({ hosts, isOpen: () => isOpen(access) }));
    app.use(admit(access, log));
  }
  app.use(limitConcurrency());
  if (rateLimit > 0) app.use(limitRate(rateLimit));
  app.use(boundHeld());
  app.use(boundBody());
  app.get("/openapi.json", async (c) => {
    const { readable } = await Deno.open(new URL("./openapi.json", import.meta.url));
    return c.body(readable, 200, { "content-type": "application/json" });
  });
  app.get("/metrics", async (c) => {
    const texts = await Promise.all(
      all.map(async ([, fetch]) => (await ask(fetch, "/metrics")).text()),
    );
    return c.text(mergeMetrics(texts));
  });
  addDocsRoutes(app);
  addPageRoutes(
    app,
    (c) => createSiteApi(upstreams, passedOn(new Headers(), c.get("requestId"), c.get("caller"))),
  );
  app.all("*", async (c) => {
    const owner = ownerOf(c.req.path);
    if (owner === null) return c.notFound();
    const headers = passedOn(c.req.raw.headers, c.get("requestId"), c.get("caller"));
    const response = await upstreams[owner](new Request(c.req.raw, { headers }));
    return new Response(response.body, response);
  });
  return app;
}

/** Removes token and session, and sets the caller's user and role regardless of what the caller sent. */
function passedOn(given: Headers, requestId: string, caller: Caller): Headers {
  const headers = new Headers(given);
  headers.delete("authorization");
  headers.delete("cookie");
  headers.set("x-request-id", requestId);
  headers.set(CALLER_HEADERS.user, caller.user);
  headers.set(CALLER_HEADERS.role, caller.role);
  return headers;
}

async function ask(fetch: Fetch, path: string): Promise<Response> {
  const response = await fetch(new Request(`http://upstream${path}`));
  if (!response.ok && path !== "/readyz") {
    throw new Problem("upstream_unavailable", `A service answered ${response.status} to ${path}`);
  }
  return response;
}
