import { z } from "@hono/zod-openapi";
import { moment, slug } from "./common.ts";

/** Devices that a model may run on. */
export const DEVICES = ["gpu", "cpu"] as const;

/** A model as the API shows it. */
export const modelSchema = z.object({
  name: slug,
  title: z.string().nullable(),
  level: z.enum(["image", "breast"]).nullable(),
  devices: z.array(z.enum(DEVICES)),
  views: z.array(z.string()),
  parameters: z.record(
    z.string(),
    z.object({ default: z.string(), description: z.string().nullable() }),
  ),
  version: z.string().openapi({ description: "SHA-256 over the model folder's files" }),
  licence: z.string().nullable(),
  paper: z.string().nullable(),
  source: z.unknown(),
  image: z.object({ tag: z.string(), digest: z.string(), built_at: moment.nullable() }).nullable(),
}).openapi("Model");

/** A model as the API shows it. */
export type ModelRecord = z.infer<typeof modelSchema>;
