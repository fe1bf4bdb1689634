import { z } from "zod";
import { problemSchema } from "../../../shared/contracts/common.ts";
import { type Fetch, Problem, PROBLEMS, type ProblemType } from "../../../shared/http/mod.ts";
import { ownerOf, type Upstreams } from "../upstreams.ts";

/** What the pages ask of the services, in the name of who reads them. */
export interface SiteApi {
  /** @throws {Problem} whatever the service answers with */
  read<T>(path: string, schema: z.ZodType<T>): Promise<T>;
  /** The same for what may not be there: null then. */
  find<T>(path: string, schema: z.ZodType<T>): Promise<T | null>;
  /** The same for an answer that is passed on as it comes. */
  pass(path: string): Promise<Response>;
  /** The same for an answer in plain text. */
  text(path: string): Promise<string>;
  /**
   * @param body as JSON; null for none
   * @param key an `Idempotency-Key`, so that a form that is sent twice counts once
   */
  change<T>(path: string, body: unknown, schema: z.ZodType<T>, key?: string): Promise<T>;
  /** Deletes what is at a path of the API. */
  remove(path: string): Promise<void>;
  /** Passes on what a form has sent, as it comes. */
  send<T>(path: string, form: Request, schema: z.ZodType<T>): Promise<T>;
}

/**
 * Asks the services what a page shows.
 *
 * @param identity headers that say who reads, and the id of their request
 */
export function createSiteApi(upstreams: Upstreams, identity: Headers): SiteApi {
  async function ask(path: string, init: RequestInit = {}): Promise<Response> {
    const owner = ownerOf(new URL(path, "http://inside").pathname);
    if (owner === null) throw new Problem("not_found", `There is no ${path}`);
    const service: Fetch = upstreams[owner];
    const headers = new Headers(identity);
    new Headers(init.headers).forEach((value, name) => headers.set(name, value));
    const answer = await service(new Request(`http://inside${path}`, { ...init, headers }));
    if (!answer.ok) throw await problemOf(answer);
    return answer;
  }

  async function read<T>(path: string, schema: z.ZodType<T>): Promise<T> {
    return schema.parse(await (await ask(path)).json());
  }

  return {
    read,
    find: async (path, schema) => {
      try {
        return await read(path, schema);
      } catch (error) {
        if (error instanceof Problem && error.type === "not_found") return null;
        throw error;
      }
    },
    send: async (path, form, schema): Promise<z.infer<typeof schema>> => {
      const headers = { "content-type": form.headers.get("content-type") ?? "" };
      return schema.parse(
        await (await ask(path, { method: "POST", headers, body: form.body })).json(),
      );
    },
    remove: async (path) => {
      await ask(path, { method: "DELETE" });
    },
    pass: ask,
    text: async (path) => await (await ask(path)).text(),
    change: async (path, body, schema, key): Promise<z.infer<typeof schema>> => {
      const headers: Record<string, string> = key === undefined ? {} : { "idempotency-key": key };
      if (body !== null) headers["content-type"] = "application/json";
      const text = body === null ? {} : { body: JSON.stringify(body) };
      return schema.parse(await (await ask(path, { method: "POST", headers, ...text })).json());
    },
  };
}

/** A service's answer as the same problem here, with its faults. */
async function problemOf(answer: Response): Promise<Problem> {
  const read = problemSchema.safeParse(await answer.json().catch(() => null));
  if (!read.success || !isProblemType(read.data.type)) {
    return new Problem("upstream_unavailable", `A service answered ${answer.status}`);
  }
  const { type, detail, errors = [], errors_total = errors.length } = read.data;
  return new Problem(type, detail, { errors, errorsTotal: errors_total });
}

function isProblemType(type: string): type is ProblemType {
  return Object.hasOwn(PROBLEMS, type);
}
