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

/** Methods of routes. */
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

/** What a service app needs besides its routes. */
export interface ServiceAppOptions {
  /** Name of the service, for logs, metrics and the OpenAPI document. */
  readonly service: string;
  readonly log: Log;
  /** Tells whether the service can work: the reasons why not, empty when it can. */
  readonly readiness?: () => Promise<readonly string[]>;
  /** Files of the volume that cannot be used; `/internal/damaged` tells the gateway which. */
  readonly damaged?: () => readonly DamagedFile[] | Promise<readonly DamagedFile[]>;
  /** Holds further metrics for `/metrics`; a service without any need not give one. */
  readonly registry?: Registry;
}

/**
 * Makes an app with what the gateway and all services have in common: request ids, an access log,
 * problem details for every error, `/healthz` and `/readyz`.
 */
export function createBaseApp(options: ServiceAppOptions): ServiceApp {
  const app: ServiceApp = new OpenAPIHono<ServiceEnv>({ defaultHook: refuseInvalid });
  app.use(requestId({ limitLength: 64 }));
  app.use(async (c, next) => {
    c.set("caller", callerOf(c.req.raw.headers));
    await next();
    // Answers that are made without the context, problems say, do not get it from the library.
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

/** RFC 9110, 15.5.6: a path that is there for other methods says for which. */
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

/** Makes a service's app: the base, and `/metrics` and `/openapi.json` of its own. */
export function createServiceApp(options: ServiceAppOptions): ServiceApp {
  const app = createBaseApp(options);
  const registry = options.registry ?? new Registry();
  registry.setDefaultLabels({ service: options.service });
  const { printMetrics, registerMetrics } = prometheus({ registry, prefix: "mammoeval_" });
  app.use(registerMetrics);
  app.get("/metrics", printMetrics);
  // Between services: in no document, and the gateway passes nobody on to it.
  app.get("/internal/damaged", async (c) => c.json([...await options.damaged?.() ?? []]));
  app.doc31("/openapi.json", {
    openapi: "3.1.0",
    info: { title: `mammoeval ${options.service}`, version: "1" },
    tags: TAGS.map((tag) => ({ ...tag })),
  });
  return app;
}

/** What is made for one answer and has an end: its length can be counted. */
const COUNTED_TYPES = /^(?:application\/(?:problem\+)?json|text\/(?:html|css|javascript))\b/;

/**
 * Hono answers HEAD as GET and drops the body. Here it is let go of, or else a file would stay open and a stream go
 * on for ever; and the answer says how long it would have been (RFC 9110, 9.3.2).
 */
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

async function handleError(
  given: Error,
  c: Context<ServiceEnv>,
  log: Log,
): Promise<Response> {
  const id = c.get("requestId");
  const error = await withPlace(given, c);
  if (error instanceof Problem) return problemResponse(error, id);
  if (error instanceof PathNotAllowed) {
    return problemResponse(new Problem("path_not_allowed", error.message), id);
  }
  if (error instanceof StoredFileDamaged) {
    log.error("a stored file cannot be used", { request_id: id, error: error.message });
    // Where the volume lies on the machine is for the log alone.
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

/** The validator says that a body is no JSON, and not where; it has kept the text. */
async function withPlace(error: Error, c: Context<ServiceEnv>): Promise<Error> {
  if (!(error instanceof HTTPException) || !/^Malformed JSON/.test(error.message)) return error;
  try {
    parseJson(await c.req.text(), "The body");
    return error;
  } catch (problem) {
    return problem as Error;
  }
}

/** Libraries say what is wrong and not what to do. */
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

/**
 * Names the trace span that Deno makes for each request (`OTEL_DENO=true`) by its route, and ties it to
 * the request id: by path, every evaluation would be an operation of its own. Without tracing it does
 * nothing.
 */
function nameSpanByRoute(): MiddlewareHandler<ServiceEnv> {
  return async (c, next): Promise<void> => {
    await next();
    const span = trace.getActiveSpan();
    const route = routePath(c, -1);
    // The gateway's catch-all knows less than the service behind it, which shares its span in one process.
    if (span === undefined || route.includes("*")) return;
    span.updateName(`${c.req.method} ${route}`);
    span.setAttributes({ "http.route": route, "mammoeval.request_id": c.get("requestId") });
  };
}
