import type { Context, MiddlewareHandler } from "hono";
import { problemSchema } from "../../../shared/contracts/common.ts";
import type { ServiceEnv } from "../../../shared/http/mod.ts";
import { writeProblemPage } from "../../../shared/pages/mod.ts";
import { writeSignInPage } from "./sign_in_page.tsx";
import { SITE_HEADERS, SITE_LOOK } from "./site.ts";

/**
 * Turns problems into HTML pages for browsers, except under `/v1/`; also those of access control.
 * @param hasProvider whether people can sign in without a token
 */
export function problemPages(hasProvider: boolean): MiddlewareHandler<ServiceEnv> {
  return async (c, next): Promise<void> => {
    await next();
    const isProblem = c.res.headers.get("content-type")?.startsWith("application/problem+json");
    const isPerson = (c.req.header("accept") ?? "").includes("text/html");
    if (isProblem !== true || !isPerson || c.req.path.startsWith("/v1/")) return;
    const problem = problemSchema.parse(await c.res.clone().json());
    const headers = new Headers({ ...SITE_HEADERS, "content-type": "text/html; charset=utf-8" });
    const challenge = c.res.headers.get("www-authenticate");
    if (challenge !== null) headers.set("www-authenticate", challenge);
    const html = problem.type === "unauthorized"
      ? writeSignInPage(pageAfterSignIn(c), problem.detail, hasProvider)
      : writeProblemPage(SITE_LOOK, problem);
    // Hono keeps a replaced answer's headers unless the answer is cleared first.
    const { status } = c.res;
    c.res = undefined;
    c.res = new Response(html, { status, headers });
  };
}

/** Path and query of the page that was asked for, also when signing in with a token failed before. */
function pageAfterSignIn(c: Context<ServiceEnv>): string {
  const { pathname, search, searchParams } = new URL(c.req.url);
  if (pathname === "/sign-in") return searchParams.get("next") ?? "/";
  return c.req.method === "GET" && !pathname.startsWith("/sign-in/") ? pathname + search : "/";
}
