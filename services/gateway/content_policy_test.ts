import assert from "node:assert/strict";
import { createBaseApp, SILENT_LOG } from "../../shared/http/mod.ts";
import { API_PAGE_POLICY, contentPolicy, DATA_POLICY } from "./content_policy.ts";

Deno.test("every answer has a policy: its own, that of the API's page, or the strictest", async () => {
  const app = createBaseApp({ service: "test", log: SILENT_LOG });
  app.use(contentPolicy());
  app.get("/own", (c) => c.html("<p>", 200, { "content-security-policy": "default-src 'self'" }));
  app.get("/docs", (c) => c.html("<p>"));
  app.get("/data", (c) => c.json({}));
  app.get("/broken", () => {
    throw new Error("broken");
  });
  const policyOf = async (path: string): Promise<string | null> =>
    (await app.request(path)).headers.get("content-security-policy");
  assert.equal(await policyOf("/own"), "default-src 'self'");
  assert.equal(await policyOf("/docs"), API_PAGE_POLICY);
  for (const path of ["/data", "/broken", "/no/such"]) {
    assert.equal(await policyOf(path), DATA_POLICY, path);
  }
});
