import type { MiddlewareHandler } from "hono";
import type { ServiceEnv } from "../../shared/http/mod.ts";

/** Nothing is loaded, run, framed or sent anywhere: right for data, and for what is opened by mistake. */
export const DATA_POLICY =
  "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** The API's page: scripts and styles from here alone; swagger-ui writes styles into elements. */
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

/** Gives every answer a content security policy: the one it comes with, or the strictest. */
export function contentPolicy(): MiddlewareHandler<ServiceEnv> {
  return async (c, next): Promise<void> => {
    await next();
    if (c.res.headers.has("content-security-policy")) return;
    const policy = c.req.path === "/docs" ? API_PAGE_POLICY : DATA_POLICY;
    c.res.headers.set("content-security-policy", policy);
  };
}
