import { createRoute, z } from "@hono/zod-openapi";
import { jsonAnswer } from "../../../shared/contracts/common.ts";
import type { ServiceApp } from "../../../shared/http/mod.ts";
import type { InferenceDependencies } from "../app.ts";

const doctorSchema = z.object({
  executor: z.string(),
  docker: z.object({ ok: z.boolean(), version: z.string().nullable(), message: z.string() }),
  gpus: z.object({ known: z.boolean(), indices: z.array(z.number()), message: z.string() }),
  volume: z.object({ path: z.string(), free_bytes: z.number().nullable() }),
  users: z.object({ uid: z.number(), gid: z.number(), message: z.string() }),
  clock: z.string(),
}).openapi("Doctor");

/** What the doctor finds out about a machine. */
export type Diagnosis = z.infer<typeof doctorSchema>;

/**
 * Hangs `/v1/doctor` on an app.
 *
 * @param app the service's app
 * @param deps with the machine to look at
 */
export function addDoctorRoute(app: ServiceApp, { diagnose }: InferenceDependencies): void {
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/doctor",
      summary: "What works here, and what does not",
      responses: { 200: jsonAnswer(doctorSchema, "The diagnosis") },
    }),
    async (c) => c.json(await diagnose(), 200),
  );
}
