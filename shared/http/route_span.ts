import { trace } from "@opentelemetry/api";
import type { MiddlewareHandler } from "hono";
import { routePath } from "hono/route";
import type { ServiceEnv } from "./service.ts";

/**
 * Names the trace span that Deno makes for each request (`OTEL_DENO=true`) by its route, and ties it to
 * the request id: by path, every evaluation would be an operation of its own. Without tracing it does
 * nothing.
 */
export function nameSpanByRoute(): MiddlewareHandler<ServiceEnv> {
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
