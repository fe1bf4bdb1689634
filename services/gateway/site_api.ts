import { z } from "zod";
import { type Fetch, Problem, problemFrom } from "../../shared/http/mod.ts";
import { ownerOf, type Upstreams } from "./upstreams.ts";
import { countedPageOf } from "../../shared/contracts/datasets.ts";
import { evaluationSchema } from "../../shared/contracts/evaluations.ts";
import type { ReaderStudyReport } from "../../shared/contracts/reader_studies.ts";
import type { ScoreReport } from "../../shared/contracts/scores.ts";

/** Client of the services for pages, with the reader's identity. */
export interface SiteApi {
  /** Reads from a path of the API; throws the service's problem. */
  read<T>(path: string, schema: z.ZodType<T>): Promise<T>;
  /** Like `read`, but null for `not_found`. */
  find<T>(path: string, schema: z.ZodType<T>): Promise<T | null>;
  pass(path: string): Promise<Response>;
  text(path: string): Promise<string>;
  /** Sends a POST or PATCH request. With a `key`, a form that is sent twice counts once. */
  change<T>(
    path: string,
    body: unknown,
    schema: z.ZodType<T>,
    key?: string,
    method?: "POST" | "PATCH",
  ): Promise<T>;
  remove(path: string): Promise<void>;
  /** Forwards a form's body unchanged. */
  send<T>(path: string, form: Pick<Request, "headers" | "body">, schema: z.ZodType<T>): Promise<T>;
}

/** Creates a client of the services; `identity` holds the reader's user and role, and the request's id. */
export function createSiteApi(upstreams: Upstreams, identity: Headers): SiteApi {
  async function ask(path: string, init: RequestInit = {}): Promise<Response> {
    const owner = ownerOf(new URL(path, "http://inside").pathname);
    if (owner === null) throw new Problem("not_found", `There is no ${path}`);
    const service: Fetch = upstreams[owner];
    const headers = new Headers(identity);
    new Headers(init.headers).forEach((value, name) => headers.set(name, value));
    const answer = await service(new Request(`http://inside${path}`, { ...init, headers }));
    if (!answer.ok) {
      throw problemFrom(owner, answer.status, await answer.json().catch(() => null));
    }
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
    change: async (path, body, schema, key, method = "POST"): Promise<z.infer<typeof schema>> => {
      const headers: Record<string, string> = key === undefined ? {} : { "idempotency-key": key };
      if (body !== null) headers["content-type"] = "application/json";
      const text = body === null ? {} : { body: JSON.stringify(body) };
      return schema.parse(await (await ask(path, { method, headers, ...text })).json());
    },
  };
}

export const evaluationList = countedPageOf(evaluationSchema);

/** A page of scores. They come from our own service and are large, so they are not validated again. */
export const scoreList = countedPageOf(z.custom<ScoreReport>());

/** A page of reader studies; like scores. */
export const studyList = countedPageOf(z.custom<ReaderStudyReport>());
