import { z } from "@hono/zod-openapi";
import { ANSWER_HEADERS, jsonAnswer, routesOf } from "../contracts/answers.ts";
import { problemSchema } from "../contracts/common.ts";
import { readinessSchema } from "../contracts/doctor.ts";
import type { DamagedFile } from "../volume/damage.ts";
import type { ServiceApp } from "./service.ts";

const route = routesOf("operation");

const healthRoute = route("get", "/healthz", "getHealth", {
  summary: "Liveness check",
  description: "For a supervisor that restarts it. Needs no token.",
  responses: { 200: jsonAnswer(z.object({ status: z.literal("ok") }), "It answers") },
});

const readinessRoute = route("get", "/readyz", "getReadiness", {
  summary: "Readiness check, with reasons",
  description: "For a load balancer. Needs no token.",
  responses: {
    200: jsonAnswer(readinessSchema, "Ready, perhaps without some stored files"),
    503: jsonAnswer(readinessSchema, "Not ready"),
  },
});

const metricsRoute = route("get", "/metrics", "getMetrics", {
  summary: "Metrics for Prometheus",
  description:
    "Requests, evaluations by state, waiting and running times, GPUs; no data about exams.",
  responses: {
    200: {
      description: "In the Prometheus exposition format",
      content: { "text/plain": { schema: z.string() } },
    },
  },
});

const documentRoute = route("get", "/openapi.json", "getApiDocument", {
  summary: "This document",
  description: "OpenAPI 3.1; `/docs` shows it.",
  responses: { 200: jsonAnswer(z.record(z.string(), z.unknown()), "The API as a document") },
});

export interface Readiness {
  /** Returns why the service cannot work; empty if it can. */
  readonly readiness: () => Promise<readonly string[]>;
  /** Unusable files on the volume. */
  readonly damaged: () => readonly DamagedFile[] | Promise<readonly DamagedFile[]>;
}

/** Adds `/healthz` and `/readyz`, and to the document what all apps share. */
export function addOperationRoutes(app: ServiceApp, { readiness, damaged }: Readiness): void {
  app.openAPIRegistry.register("Problem", problemSchema);
  for (const [name, header] of Object.entries(ANSWER_HEADERS)) {
    app.openAPIRegistry.registerComponent("headers", name, structuredClone(header));
  }
  app.openapi(healthRoute, (c) => c.json({ status: "ok" as const }, 200));
  app.openapi(readinessRoute, async (c) => {
    const reasons = [...await readiness()];
    if (reasons.length > 0) return c.json({ status: "not_ready" as const, reasons }, 503);
    const { length } = await damaged();
    if (length === 0) return c.json({ status: "ready" as const, reasons }, 200);
    const files = length === 1 ? "1 stored file" : `${length} stored files`;
    reasons.push(`${files} cannot be used: GET /v1/doctor names them to an admin`);
    return c.json({ status: "degraded" as const, reasons }, 200);
  });
  app.openAPIRegistry.registerPath(metricsRoute);
  app.openAPIRegistry.registerPath(documentRoute);
}
