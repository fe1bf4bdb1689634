import type { z } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import type { Fault } from "../domain/mod.ts";
import { invalidRequest } from "./invalid_request.ts";
import { Problem } from "./problem.ts";
import type { ServiceApp, ServiceEnv } from "./service.ts";

/** Query schema of a declared route; null if it takes none. */
type Query = z.ZodObject | null;

/** Rejects unknown, repeated and invalid parameters: a misspelt filter would return everything. */
export function checkQuery(app: ServiceApp): MiddlewareHandler<ServiceEnv> {
  let declared: ReadonlyMap<string, Query> | null = null;
  return async (c, next): Promise<void> => {
    const { searchParams } = new URL(c.req.url);
    if (searchParams.size > 0) {
      const route = matchedRoutes(c).find(({ method }) => method !== "ALL");
      declared ??= declaredQueries(app);
      const query = declared.get(`${route?.method} ${route?.path}`);
      if (query !== undefined) refuseUnfit(searchParams, query);
    }
    await next();
  };
}

function declaredQueries(app: ServiceApp): Map<string, Query> {
  const queries = new Map<string, Query>();
  for (const definition of app.openAPIRegistry.definitions) {
    if (definition.type !== "route") continue;
    const { method, path, request } = definition.route;
    const key = `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ":$1")}`;
    queries.set(key, request?.query as z.ZodObject | undefined ?? null);
  }
  return queries;
}

function refuseUnfit(given: URLSearchParams, query: Query): void {
  const known = Object.keys(query?.shape ?? {});
  const takes = known.length === 0 ? "it takes none" : `it takes ${known.join(", ")}`;
  const names = [...new Set(given.keys())];
  const unknown = names.filter((name) => !known.includes(name)).map((name) =>
    faultOf(name, "unrecognized_keys", `is no query parameter of this route: ${takes}`)
  );
  const repeated = names.filter((name) => {
    const schema = query?.shape[name];
    return given.getAll(name).length > 1 && schema !== undefined && !takesList(schema);
  }).map((name) => faultOf(name, "repeated", "is given more than once"));
  const errors = [...unknown, ...repeated];
  if (errors.length > 0) {
    const told = errors.slice(0, 3).map(({ field, message }) => `${field}: ${message}`);
    throw new Problem("invalid_request", told.join("; "), { errors });
  }
  const values = Object.fromEntries(names.map((name) => {
    const all = given.getAll(name);
    return [name, all.length > 1 ? all : all[0]];
  }));
  const read = query?.safeParse(values);
  if (read?.success === false) throw invalidRequest(read.error, "query");
}

function takesList(schema: z.core.$ZodType): boolean {
  const read = (schema as z.ZodType).safeParse(["a", "b"]);
  const issues = read.error?.issues ?? [];
  return !issues.some(({ code, path }) => code === "invalid_type" && path.length === 0);
}

function faultOf(field: string, code: string, message: string): Fault {
  return { exam: null, view: null, image: null, code, field: field.slice(0, 64), message };
}
