import type { Fetch } from "./service_client.ts";
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Env } from "hono";
import type { Caller } from "./caller.ts";

export interface Service {
  readonly fetch: Fetch;
  /** Stops background work and closes open files; unfinished work resumes at the next start. */
  stop(): Promise<void>;
}

export interface ServiceEnv extends Env {
  Variables: { requestId: string; caller: Caller };
}

export type ServiceApp = OpenAPIHono<ServiceEnv>;
