import type { Fetch } from "./service_client.ts";
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Env } from "hono";
import type { Caller } from "./caller.ts";

/** A running service. */
export interface Service {
  /** Answers one request. */
  readonly fetch: Fetch;
  /** Stops background work and closes open files; unfinished work resumes at the next start. */
  stop(): Promise<void>;
}

/** Context variables of every handler. */
export interface ServiceEnv extends Env {
  Variables: { requestId: string; caller: Caller };
}

/** App of a service. */
export type ServiceApp = OpenAPIHono<ServiceEnv>;
