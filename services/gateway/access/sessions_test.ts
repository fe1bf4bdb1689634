import assert from "node:assert/strict";
import { Hono } from "hono";
import type { ServiceEnv } from "../../../shared/http/mod.ts";
import { SESSION_S } from "../../../shared/limits.ts";
import { createSessions } from "./sessions.ts";

Deno.test("a session ends after its time; over HTTPS its cookie is secure", async () => {
  let now = 0;
  const sessions = createSessions(() => now);
  const app = new Hono<ServiceEnv>();
  app.post("/begin", (c) => {
    sessions.begin(c, "token");
    return c.body(null, 204);
  });
  app.get("/token", (c) => c.json(sessions.tokenOf(c)));
  const begin = async (headers: Record<string, string>): Promise<string> =>
    (await app.request("/begin", { method: "POST", headers })).headers.get("set-cookie")!;
  assert.match(await begin({ "x-forwarded-proto": "https" }), /; Secure/);
  const set = await begin({});
  assert.doesNotMatch(set, /Secure/);
  const headers = { cookie: set.split(";")[0]! };
  const token = async (): Promise<unknown> =>
    await (await app.request("/token", { headers })).json();
  now = SESSION_S * 1000 - 1;
  assert.equal(await token(), "token");
  now++;
  assert.equal(await token(), null);
  assert.equal(await (await app.request("/token")).json(), null, "without a cookie");
});
