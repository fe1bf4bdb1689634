import { basename } from "node:path";
import { Hook, OpenAPIHono } from "@hono/zod-openapi";
import { prometheus } from "@hono/prometheus";
import { HTTPException } from "hono/http-exception";
import { requestId } from "hono/request-id";
import { secureHeaders } from "hono/secure-headers";
import type { Context, MiddlewareHandler } from "hono";
import { Registry } from "prom-client";
import { LOG_PATH_CHARS_MAX } from "../limits.ts";
import { TAGS } from "../contracts/answers.ts";
import { PathNotAllowed } from "../volume/containment.ts";
import { type DamagedFile, StoredFileDamaged } from "../volume/damage.ts";
import { isDiskFull } from "../volume/disk_full.ts";
import { callerOf } from "./caller.ts";
import { invalidRequest } from "./invalid_request.ts";
import { parseJson } from "./json_body.ts";
import { checkQuery } from "./known_query.ts";
import type { Log } from "./log.ts";
import { diskFull, Problem, problemResponse } from "./problem.ts";
import { addOperationRoutes } from "./operation_routes.ts";
import type { ServiceApp, ServiceEnv } from "./service.ts";
import { trace } from "@opentelemetry/api";
import { routePath } from "hono/route";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

export interface ServiceAppOptions {
  /** Name of the service, for logs, metrics and the OpenAPI document. */
  readonly service: string;
  readonly log: Log;
  /** Returns why the service cannot work; empty if it can. */
  readonly readiness?: () => Promise<readonly string[]>;
  /** Unusable files on the volume; `/internal/damaged` lists them for the gateway. */
  readonly damaged?: () => readonly DamagedFile[] | Promise<readonly DamagedFile[]>;
  /** Registry of additional metrics for `/metrics`. */
  readonly registry?: Registry;
}

/** The app that all services share: request ids, access log, problem details, `/healthz` and `/readyz`. */
export function createBaseApp(options: ServiceAppOptions): ServiceApp {
  const app: ServiceApp = new OpenAPIHono<ServiceEnv>({ defaultHook: refuseInvalid });
  app.use(requestId({ limitLength: 64 }));
  app.use(async (c, next) => {
    c.set("caller", callerOf(c.req.raw.headers));
    await next();
    // The library does not set it on responses made without the context, such as problems.
    c.res.headers.set("x-request-id", c.get("requestId"));
  });
  app.use(nameSpanByRoute());
  app.use(secureHeaders());
  app.use(answerHead());
  app.use(accessLog(options.log));
  app.use(checkQuery(app));
  app.onError((error, c) => handleError(error, c, options.log));
  app.notFound((c) => problemResponse(noSuchRoute(app, c), c.get("requestId")));
  addOperationRoutes(app, {
    readiness: options.readiness ?? ((): Promise<[]> => Promise.resolve([])),
    damaged: options.damaged ?? ((): [] => []),
  });
  return app;
}

/** RFC 9110, 15.5.6: a 405 response lists the methods that the path allows. */
function noSuchRoute(app: ServiceApp, { req: { method, path } }: Context<ServiceEnv>): Problem {
  const taken = METHODS.filter((other) =>
    app.router.match(other, path)[0].some(([[, route]]) => route.method === other)
  );
  if (taken.length === 0) {
    return new Problem("not_found", `${method} ${path} is not a route of mammoeval: see /docs`);
  }
  return new Problem(
    "method_not_allowed",
    `${path} does not allow ${method}: it allows ${taken.join(", ")}, see /docs`,
    { headers: { allow: taken.join(", ") } },
  );
}

/** Creates a service's app: the base app with its own `/metrics` and `/openapi.json`. */
export function createServiceApp(options: ServiceAppOptions): ServiceApp {
  const app = createBaseApp(options);
  const registry = options.registry ?? new Registry();
  registry.setDefaultLabels({ service: options.service });
  const { printMetrics, registerMetrics } = prometheus({ registry, prefix: "mammoeval_" });
  app.use(registerMetrics);
  app.get("/metrics", printMetrics);
  // Between services: not in the document, and not proxied by the gateway.
  app.get("/internal/damaged", async (c) => c.json([...await options.damaged?.() ?? []]));
  app.doc31("/openapi.json", {
    openapi: "3.1.0",
    info: { title: `mammoeval ${options.service}`, version: "1" },
    tags: TAGS.map((tag) => ({ ...tag })),
  });
  return app;
}

/** Types of responses generated in full, whose length can be counted. */
const COUNTED_TYPES = /^(?:application\/(?:problem\+)?json|text\/(?:html|css|javascript))\b/;

/** Cancels the body of HEAD, or a file would stay open, and sets the content length (RFC 9110, 9.3.2). */
function answerHead(): MiddlewareHandler<ServiceEnv> {
  return async (c, next): Promise<void> => {
    await next();
    const { res } = c;
    if (c.req.method !== "HEAD" || res.body === null) return;
    if (
      res.headers.has("content-length") ||
      !COUNTED_TYPES.test(res.headers.get("content-type") ?? "")
    ) {
      return await res.body.cancel();
    }
    const headers = new Headers(res.headers);
    headers.set("content-length", String((await res.arrayBuffer()).byteLength));
    c.res = undefined;
    c.res = new Response(null, { status: res.status, headers });
  };
}

function accessLog(log: Log): (c: Context<ServiceEnv>, next: () => Promise<void>) => Promise<void> {
  return async (c, next) => {
    const started = performance.now();
    await next();
    if (
      c.req.path === "/healthz" || c.req.path === "/readyz" || c.req.path === "/metrics" ||
      c.req.path === "/internal/damaged"
    ) return;
    log.info("request", {
      request_id: c.get("requestId"),
      method: c.req.method,
      path: c.req.path.slice(0, LOG_PATH_CHARS_MAX),
      status: c.res.status,
      duration_ms: Math.round(performance.now() - started),
    });
  };
}

// deno-lint-ignore no-explicit-any -- the library's own default-hook type is any
const refuseInvalid: Hook<any, ServiceEnv, any, any> = (result, c) => {
  if (result.success) return;
  const within = result.target === "json" ? "body" : result.target;
  return problemResponse(invalidRequest(result.error, within), c.get("requestId"));
};

async function handleError(given: Error, c: Context<ServiceEnv>, log: Log): Promise<Response> {
  const id = c.get("requestId");
  const error = await withPlace(given, c);
  if (error instanceof Problem) return problemResponse(error, id);
  if (error instanceof PathNotAllowed) {
    return problemResponse(new Problem("path_not_allowed", error.message), id);
  }
  if (error instanceof StoredFileDamaged) {
    log.error("a stored file cannot be used", { request_id: id, error: error.message });
    // The volume's path on the machine belongs only in the log.
    const detail = `${basename(error.path)} cannot be used: ${error.reason}: ${error.advice}`;
    return problemResponse(new Problem("unavailable", detail, { reason: "damaged" }), id);
  }
  if (isDiskFull(error)) {
    log.error("the volume is full", { request_id: id, error: String(error) });
    return problemResponse(diskFull(error), id);
  }
  if (error instanceof HTTPException) return httpExceptionResponse(error, id);
  log.error("unexpected error", { request_id: id, error: String(error), stack: error.stack });
  return problemResponse(
    new Problem(
      "internal_error",
      "An unexpected error occurred; the log of the service has it under this request id",
    ),
    id,
  );
}

/** The validator reports malformed JSON without its location; the request still has the text. */
async function withPlace(error: Error, c: Context<ServiceEnv>): Promise<Error> {
  if (!(error instanceof HTTPException) || !/^Malformed JSON/.test(error.message)) return error;
  try {
    parseJson(await c.req.text(), "The body");
    return error;
  } catch (problem) {
    return problem as Error;
  }
}

/** Adds advice to a library's error message. */
function detailOf({ status, message }: HTTPException): string {
  if (status === 415) {
    return "The body must be JSON with a content type: curl -H 'content-type: application/json' -d @request.json";
  }
  return message || "The request could not be read: see /docs for this route";
}

function httpExceptionResponse(error: HTTPException, id: string): Response {
  const type = error.status === 413
    ? "too_large"
    : error.status === 415
    ? "unsupported_media_type"
    : error.status === 404
    ? "not_found"
    : error.status >= 500
    ? "internal_error"
    : "invalid_request";
  return problemResponse(new Problem(type, detailOf(error)), id);
}

/** Names trace spans by route (`OTEL_DENO=true`): by path, every evaluation would be its own operation. */
function nameSpanByRoute(): MiddlewareHandler<ServiceEnv> {
  return async (c, next): Promise<void> => {
    await next();
    const span = trace.getActiveSpan();
    const route = routePath(c, -1);
    // In one process the gateway's catch-all shares the span with the service, which knows the exact route.
    if (span === undefined || route.includes("*")) return;
    span.updateName(`${c.req.method} ${route}`);
    span.setAttributes({ "http.route": route, "mammoeval.request_id": c.get("requestId") });
  };
}
