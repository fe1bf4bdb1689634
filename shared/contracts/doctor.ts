import { z } from "@hono/zod-openapi";

/** Whether mammoeval can work, and why not. */
export const readinessSchema = z.object({
  status: z.enum(["ready", "not_ready"]),
  reasons: z.array(z.string()).openapi({ description: "Why it cannot work; empty when it can" }),
}).openapi("Readiness");

/** Whether mammoeval can work, and why not. */
export type Readiness = z.infer<typeof readinessSchema>;

/** What a container engine may be unable to bound. */
export const BOUNDS = ["memory", "swap", "processes", "cores"] as const;

/** What a container engine may be unable to bound. */
export type Bound = (typeof BOUNDS)[number];

/** What works on a machine. */
export const doctorSchema = z.object({
  executor: z.string(),
  docker: z.object({
    ok: z.boolean(),
    version: z.string().nullable(),
    message: z.string(),
    limits_lacking: z.array(z.enum(BOUNDS)).openapi({
      description: "What the engine cannot bound: there the limits of evaluations do not hold",
    }),
  }),
  gpus: z.object({ known: z.boolean(), indices: z.array(z.number()), message: z.string() }),
  volume: z.object({
    path: z.string(),
    free_bytes: z.number().nullable(),
    needed_bytes: z.number().openapi({
      description: "Free space below which nothing starts (MAMMOEVAL_DISK_FREE)",
    }),
  }),
  users: z.object({ uid: z.number(), gid: z.number(), message: z.string() }),
  clock: z.string(),
}).openapi("Doctor");

/** What the doctor finds out about a machine. */
export type Diagnosis = z.infer<typeof doctorSchema>;
