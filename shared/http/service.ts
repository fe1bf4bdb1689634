import type { Fetch } from "./service_client.ts";
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Env } from "hono";
import type { Caller } from "./caller.ts";

/** A service, ready to answer. */
export interface Service {
  /** Answers one request. */
  readonly fetch: Fetch;
  /** Stops background work and closes what is open; what is unfinished goes on at the next start. */
  stop(): Promise<void>;
}

/** What every handler finds in its context. */
export interface ServiceEnv extends Env {
  Variables: { requestId: string; caller: Caller };
}

/** A service's app. */
export type ServiceApp = OpenAPIHono<ServiceEnv>;
