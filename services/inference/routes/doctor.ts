import { jsonAnswer, routesOf } from "../../../shared/contracts/answers.ts";
import { doctorSchema } from "../../../shared/contracts/doctor.ts";
import type { ServiceApp } from "../../../shared/http/mod.ts";
import type { InferenceDependencies } from "../dependencies.ts";

const route = routesOf("operation");

export function addDoctorRoute(app: ServiceApp, { diagnose }: InferenceDependencies): void {
  app.openapi(
    route("get", "/v1/doctor", "getDiagnosis", {
      summary: "Check the system",
      description: "Docker engine, GPUs, free space of the volume, users of containers, clock.",
      responses: { 200: jsonAnswer(doctorSchema, "The diagnosis") },
    }),
    async (c) => c.json(await diagnose(), 200),
  );
}
