import { jsonAnswer, routesOf } from "../../../shared/contracts/answers.ts";
import { usageQuery, usageSchema } from "../../../shared/contracts/usage.ts";
import type { Caller, ServiceApp } from "../../../shared/http/mod.ts";
import type { InferenceDependencies } from "../dependencies.ts";
import type { Use } from "../ledger/uses.ts";
import { isPrivateName } from "../models/private_model.ts";

const route = routesOf("operation");

export function addUsageRoute(app: ServiceApp, { ledger, quota }: InferenceDependencies): void {
  app.openapi(
    route("get", "/v1/usage", "listUses", {
      summary: "Use of models and data by user, including deleted evaluations",
      description:
        "By user, model version and content of the data. The role `submit` sees its own uses.",
      request: { query: usageQuery },
      responses: { 200: jsonAnswer(usageSchema, "Uses, latest first") },
    }),
    (c) => {
      const query = c.req.valid("query");
      const caller = c.get("caller");
      const user = caller.role === "submit" ? caller.user : query.user;
      const items = usesShown(ledger.uses.list({ ...query, user }), caller, query.model);
      return c.json({ quota, items }, 200);
    },
  );
}

/** Hides private models of other users: neither shows their names nor confirms that a name exists. */
export function usesShown(found: readonly Use[], caller: Caller, model?: string): Use[] {
  const isHidden = (use: Use): boolean =>
    caller.role !== "admin" && use.user !== caller.user && isPrivateName(use.model);
  return model === undefined
    ? found.map((use) => isHidden(use) ? { ...use, model: "private", model_version: "" } : use)
    : found.filter((use) => !isHidden(use));
}
