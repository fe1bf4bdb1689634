import type { Context } from "hono";
import { type Problem, PROBLEMS, type ServiceEnv } from "../../../shared/http/mod.ts";
import type { Entries } from "../pages/form_parts.tsx";
import { SITE_HEADERS } from "../pages/site.ts";
import type { SiteApi } from "../site_api.ts";

/** Context of a request for a page. */
export type PageContext = Context<ServiceEnv>;

/** Creates an API client with the requester's identity. */
export type ApiFor = (c: PageContext) => SiteApi;

/** Answers with a page; middleware turns problems into pages. */
export async function page(
  c: PageContext,
  write: () => Promise<string> | string,
): Promise<Response> {
  return c.html(await write(), 200, SITE_HEADERS);
}

/** Answers with the form that was refused. */
export function refusedForm(c: PageContext, problem: Problem, html: string): Response {
  return c.html(html, PROBLEMS[problem.type].status, SITE_HEADERS);
}

/** The trimmed text fields of a form, without files. */
export async function readEntries(c: PageContext): Promise<Entries> {
  const body = await c.req.parseBody();
  const texts = Object.entries(body).filter((entry): entry is [string, string] =>
    typeof entry[1] === "string"
  );
  return Object.fromEntries(texts.map(([name, value]) => [name, value.trim()]));
}
