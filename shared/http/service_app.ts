import { Hook, OpenAPIHono } from "@hono/zod-openapi";
import { prometheus } from "@hono/prometheus";
import { HTTPException } from "hono/http-exception";
import { requestId } from "hono/request-id";
import { secureHeaders } from "hono/secure-headers";
import type { Context, Env, MiddlewareHandler } from "hono";
import { Registry } from "prom-client";
import { TAGS } from "../contracts/answers.ts";
import { PathNotAllowed } from "../volume/containment.ts";
import { type Caller, callerOf } from "./caller.ts";
import { invalidRequest } from "./invalid_request.ts";
import type { Log } from "./log.ts";
import { Problem, problemResponse } from "./problem.ts";
import { addOperationRoutes } from "./operation_routes.ts";
import { nameSpanByRoute } from "./route_span.ts";

/** Methods of routes. */
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

/** What every handler finds in its context. */
export interface ServiceEnv extends Env {
  Variables: { requestId: string; caller: Caller };
}

/** A service's app. */
export type ServiceApp = OpenAPIHono<ServiceEnv>;

/** What a service app needs besides its routes. */
export interface ServiceAppOptions {
  /** Name of the service, for logs, metrics and the OpenAPI document. */
  readonly service: string;
  readonly log: Log;
  /** Tells whether the service can work: the reasons why not, empty when it can. */
  readonly readiness?: () => Promise<readonly string[]>;
  /** Holds further metrics for `/metrics`; a service without any need not give one. */
  readonly registry?: Registry;
}

/**
 * Makes an app with what the gateway and all services have in common: request ids, an access log,
 * problem details for every error, `/healthz` and `/readyz`.
 *
 * @param options name, log, readiness
 * @returns an app to hang routes on
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
  app.use(letGoOfBodies());
  app.use(accessLog(options.log));
  app.onError((error, c) => handleError(error, c, options.log));
  app.notFound((c) => problemResponse(noSuchRoute(app, c), c.get("requestId")));
  addOperationRoutes(app, options.readiness ?? ((): Promise<[]> => Promise.resolve([])));
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
    `${path} does not take ${method}: it takes ${taken.join(", ")}, see /docs`,
    { headers: { allow: taken.join(", ") } },
  );
}

/**
 * Makes a service's app: the base, and `/metrics` and `/openapi.json` of its own.
 *
 * @param options name, log, readiness
 * @returns an app to hang routes on
 */
export function createServiceApp(options: ServiceAppOptions): ServiceApp {
  const app = createBaseApp(options);
  const registry = options.registry ?? new Registry();
  registry.setDefaultLabels({ service: options.service });
  const { printMetrics, registerMetrics } = prometheus({ registry, prefix: "mammoeval_" });
  app.use(registerMetrics);
  app.get("/metrics", printMetrics);
  app.doc31("/openapi.json", {
    openapi: "3.1.0",
    info: { title: `mammoeval ${options.service}`, version: "1" },
    tags: TAGS.map((tag) => ({ ...tag })),
  });
  return app;
}

/** Hono answers HEAD as GET and drops the body: a file would stay open, and a stream would go on for ever. */
function letGoOfBodies(): MiddlewareHandler<ServiceEnv> {
  return async (c, next): Promise<void> => {
    await next();
    if (c.req.method === "HEAD") await c.res.body?.cancel();
  };
}

function accessLog(log: Log): (c: Context<ServiceEnv>, next: () => Promise<void>) => Promise<void> {
  return async (c, next) => {
    const started = performance.now();
    await next();
    if (c.req.path === "/healthz" || c.req.path === "/readyz" || c.req.path === "/metrics") return;
    log.info("request", {
      request_id: c.get("requestId"),
      method: c.req.method,
      path: c.req.path,
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

function handleError(error: Error, c: Context<ServiceEnv>, log: Log): Response {
  const id = c.get("requestId");
  if (error instanceof Problem) return problemResponse(error, id);
  if (error instanceof PathNotAllowed) {
    return problemResponse(new Problem("path_not_allowed", error.message), id);
  }
  if (error instanceof HTTPException) return httpExceptionResponse(error, id);
  log.error("unexpected error", { request_id: id, error: String(error), stack: error.stack });
  return problemResponse(
    new Problem(
      "internal_error",
      "An unexpected error happened; the service's log has it under this request id",
    ),
    id,
  );
}

/** Libraries say what is wrong and not what to do. */
function detailOf({ status, message }: HTTPException): string {
  if (status === 415) {
    return "The body must be JSON and say so: curl -H 'content-type: application/json' -d @request.json";
  }
  if (/^Malformed JSON/.test(message)) {
    return "The body is not JSON: check its quotes, commas and brackets, or whether it was cut off";
  }
  return message || "The request could not be read: see /docs for what this route takes";
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
