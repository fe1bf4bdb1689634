import type { MiddlewareHandler } from "hono";
import type { ServiceEnv } from "../../shared/http/mod.ts";

/** Blocks loading, scripts, framing and forms: for data, and for whatever is opened by mistake. */
export const DATA_POLICY =
  "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** For the API's page: scripts and styles only from here; swagger-ui also writes inline styles. */
export const API_PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** Adds the strictest content security policy to every answer that has none of its own. */
export function contentPolicy(): MiddlewareHandler<ServiceEnv> {
  return async (c, next): Promise<void> => {
    await next();
    if (c.res.headers.has("content-security-policy")) return;
    const policy = c.req.path === "/docs" ? API_PAGE_POLICY : DATA_POLICY;
    c.res.headers.set("content-security-policy", policy);
  };
}
