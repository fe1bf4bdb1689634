import { z } from "@hono/zod-openapi";
import { moment } from "./common.ts";

const count = z.number().int().min(0);

export const usageQuery = z.object({
  user: z.string().optional().describe("Uses by this user only"),
  model: z.string().optional().describe("Uses of this model only"),
  dataset: z.string().optional().describe("Uses of this dataset only"),
});

/** How often one user has evaluated one model version on the same data. */
export const useSchema = z.object({
  user: z.string(),
  model: z.string(),
  model_version: z.string(),
  dataset: z.string(),
  dataset_digest: z.string(),
  under_way: count,
  succeeded: count,
  failed: count,
  cancelled: count,
  first_at: moment,
  last_at: moment,
}).openapi("Use");

/** Evaluations counted by user, model version and data. */
export const usageSchema = z.object({
  /** Most evaluations of one model version on one dataset for a user with the role submit. */
  quota: count,
  items: z.array(useSchema),
});

export type Usage = z.infer<typeof usageSchema>;
