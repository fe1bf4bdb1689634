import { createRoute } from "@hono/zod-openapi";
import { jsonAnswer } from "../../../shared/contracts/answers.ts";
import { usageQuery, usageSchema } from "../../../shared/contracts/usage.ts";
import type { ServiceApp } from "../../../shared/http/mod.ts";
import type { InferenceDependencies } from "../app.ts";

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
      operationId: "listUses",
      tags: ["operation"],
      summary: "How often whom has evaluated what on which data, deleted evaluations included",
      description:
        "By user, version of the model and content of the data. The role `submit` sees its own.",
      request: {
        query: usageQuery,
      },
      responses: { 200: jsonAnswer(usageSchema, "Uses, the last first") },
    }),
    (c) => {
      const query = c.req.valid("query");
      const caller = c.get("caller");
      const user = caller.role === "submit" ? caller.user : query.user;
      return c.json({ quota, items: ledger.uses.list({ ...query, user }) }, 200);
    },
  );
}
