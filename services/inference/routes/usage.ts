import { createRoute, z } from "@hono/zod-openapi";
import { jsonAnswer, moment, problemAnswer } from "../../../shared/contracts/common.ts";
import type { ServiceApp } from "../../../shared/http/mod.ts";
import type { InferenceDependencies } from "../app.ts";

const count = z.number().int().min(0);

const useSchema = z.object({
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

const usageAnswer = z.object({
  /** Evaluations of one model version on one dataset that a submitter may have. */
  quota: count,
  items: z.array(useSchema),
});

/**
 * Hangs `/v1/usage` on an app: how often whom has evaluated what on which data.
 *
 * @param app the service's app
 * @param deps with the ledger
 */
export function addUsageRoute(app: ServiceApp, { ledger, quota }: InferenceDependencies): void {
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/usage",
      summary: "How often whom has evaluated what on which data, deleted evaluations included",
      request: {
        query: z.object({
          user: z.string().optional(),
          model: z.string().optional(),
          dataset: z.string().optional(),
        }),
      },
      responses: { 200: jsonAnswer(usageAnswer, "Uses, the last first"), default: problemAnswer },
    }),
    (c) => {
      const query = c.req.valid("query");
      const caller = c.get("caller");
      const user = caller.role === "submit" ? caller.user : query.user;
      return c.json({ quota, items: ledger.uses.list({ ...query, user }) }, 200);
    },
  );
}
