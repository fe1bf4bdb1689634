import type { Context } from "hono";
import { Problem, PROBLEMS, type ServiceEnv } from "../../../shared/http/mod.ts";
import { FORM_TEXTS_KEPT_BYTES } from "../../../shared/limits.ts";
import type { Entries } from "../pages/form_parts.tsx";
import { SITE_HEADERS } from "../pages/site.ts";
import type { SiteApi } from "../site_api.ts";

export type PageContext = Context<ServiceEnv>;

/** Creates an API client with the requester's identity. */
export type ApiFor = (c: PageContext) => SiteApi;

export async function page(
  c: PageContext,
  write: () => Promise<string> | string,
): Promise<Response> {
  return c.html(await write(), 200, SITE_HEADERS);
}

export function refusedForm(c: PageContext, problem: Problem, html: string): Response {
  return c.html(html, PROBLEMS[problem.type].status, SITE_HEADERS);
}

/** The trimmed text fields of a form, without files. */
export async function readEntries(c: PageContext): Promise<Entries> {
  return textsOf(Object.entries(await c.req.parseBody()));
}

function textsOf(parts: readonly (readonly [name: string, value: unknown])[]): Entries {
  const texts = parts.filter((part): part is [string, string] => typeof part[1] === "string");
  return Object.fromEntries(texts.map(([name, value]) => [name, value.trim()]));
}

/** The body of a form with files, forwarded as it arrives. */
export interface PassedForm extends Pick<Request, "headers" | "body"> {
  /** The trimmed text fields in what has been forwarded, so that a refused form shows them again. */
  texts(): Promise<Entries>;
}

/** Forwards a form with files. Only its beginning is kept: in our forms files come last. */
export function passForm({ headers, body }: Request): PassedForm {
  const kept: Uint8Array<ArrayBuffer>[] = [];
  let left = FORM_TEXTS_KEPT_BYTES;
  const tap = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, forward): void {
      if (left > 0) kept.push(chunk.slice(0, left));
      left -= chunk.length;
      forward.enqueue(chunk);
    },
  });
  const type = headers.get("content-type") ?? "";
  const boundary = /boundary="?([^";]{1,70})/.exec(type)?.[1] ?? "";
  return {
    headers,
    body: body?.pipeThrough(tap) ?? null,
    texts: async () => {
      // What was cut off is a file, and is left out.
      const whole = new Blob([...kept, `\r\n--${boundary}--\r\n`]);
      const form = new Response(whole, { headers: { "content-type": type } }).formData();
      return textsOf([...await form.catch(() => new FormData())]);
    },
  };
}

/**
 * Forwards an upload and leads to the result's page, or answers with the form, its problem and the texts that were
 * filled in.
 * @param send returns the address of the result's page
 */
export async function takeForm(
  c: PageContext,
  send: (form: PassedForm) => Promise<string>,
  refused: (entries: Entries, problem: Problem) => Promise<string> | string,
): Promise<Response> {
  const form = passForm(c.req.raw);
  try {
    return c.redirect(await send(form), 303);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    return refusedForm(c, problem, await refused(await form.texts(), problem));
  }
}
