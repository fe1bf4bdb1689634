import { z } from "@hono/zod-openapi";

export const readinessSchema = z.object({
  status: z.enum(["ready", "degraded", "not_ready"]).describe(
    "degraded: everything works except for some stored files that cannot be used",
  ),
  reasons: z.array(z.string()).describe("Why the service is not ready; empty if it is"),
}).openapi("Readiness");

export type Readiness = z.infer<typeof readinessSchema>;

/** Resources that some container engines cannot limit. */
export const BOUNDS = ["memory", "swap", "processes", "cores"] as const;

export type Bound = (typeof BOUNDS)[number];

/** Unusable files on the volume. */
export const damagedFilesSchema = z.array(z.object({ path: z.string(), reason: z.string() }))
  .describe(
    "Damaged or unknown files on the volume, for the role `admin`: everything " +
      "else works without them",
  );

/** Isolation measures of a container. */
const hardeningSchema = z.object({
  measure: z.enum([
    ...["network", "root", "capabilities", "privileges", "environment", "memory"] as const,
    ...["processes", "cores", "disk", "output", "gpus", "labels"] as const,
  ]),
  held: z.enum(["enforced", "watched", "lacking"]).describe(
    "watched: a run that exceeds it is stopped soon after",
  ),
  by: z.string().describe("Who enforces it, or why nobody does"),
});

export type Hardening = z.infer<typeof hardeningSchema>;

/** A container engine as its client sees it. */
const engineSchema = z.object({
  ok: z.boolean(),
  version: z.string().nullable(),
  message: z.string(),
  limits_lacking: z.array(z.enum(BOUNDS)).describe(
    "Resources that the engine cannot limit: limits of evaluations are not enforced for them",
  ),
});

export type EngineState = z.infer<typeof engineSchema>;

/** What works on this machine. */
export const doctorSchema = z.object({
  executor: z.string(),
  docker: engineSchema,
  podman: engineSchema.nullable().describe("null unless MAMMOEVAL_ENGINE is podman"),
  apptainer: z.object({ ok: z.boolean(), version: z.string().nullable(), message: z.string() })
    .nullable().describe("null unless MAMMOEVAL_ENGINE is apptainer"),
  hardening: z.array(hardeningSchema).describe(
    "Isolation measures of a container; empty where models run without one",
  ),
  gpus: z.object({ known: z.boolean(), indices: z.array(z.number()), message: z.string() }),
  volume: z.object({
    path: z.string(),
    free_bytes: z.number().nullable(),
    needed_bytes: z.number().describe(
      "Free space below which nothing starts (MAMMOEVAL_DISK_FREE)",
    ),
    damaged: damagedFilesSchema,
    damaged_total: z.number().int().describe(
      "Number of files, also for callers who may not see their names",
    ),
  }),
  models: z.object({
    overriding: z.array(z.object({
      name: z.string(),
      folder: z.string(),
      hides: z.array(z.string()),
    })).describe("Model folders that replace others of the same name"),
  }),
  users: z.object({ uid: z.number(), gid: z.number(), message: z.string() }),
  clock: z.string(),
}).openapi("Doctor");

export type Diagnosis = z.infer<typeof doctorSchema>;
