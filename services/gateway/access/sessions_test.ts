import assert from "node:assert/strict";
import { Hono } from "hono";
import type { ServiceEnv } from "../../../shared/http/mod.ts";
import { SESSION_S } from "../../../shared/limits.ts";
import { createSessions } from "./sessions.ts";
import type { TokenRecord } from "./token.ts";

Deno.test("a session ends after its time; over HTTPS its cookie is secure", async () => {
  let now = 0;
  const sessions = createSessions(() => now);
  const app = new Hono<ServiceEnv>();
  app.post("/begin", (c) => {
    sessions.begin(c, "token");
    return c.body(null, 204);
  });
  app.get("/token", (c) => c.json(sessions.ownerOf(c)));
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

Deno.test("a person's session is listed until it ends, and a new sign-in replaces the browser's old one", async () => {
  const sessions = createSessions(() => 0);
  const app = new Hono<ServiceEnv>();
  let people = 0;
  app.post("/begin", (c) => {
    sessions.begin(c, { ...PERSON, id: `oidc-${++people}` });
    return c.body(null, 204);
  });
  app.post("/end", (c) => {
    sessions.end(c);
    return c.body(null, 204);
  });
  const post = async (path: string, cookie = ""): Promise<string> => {
    const answer = await app.request(path, { method: "POST", headers: { cookie } });
    return answer.headers.get("set-cookie")!.split(";")[0]!;
  };
  const ids = (): string[] => sessions.people().map(({ id }) => id);
  const first = await post("/begin");
  const second = await post("/begin", first);
  assert.deepEqual(ids(), ["oidc-2"]);
  await post("/end", first);
  assert.deepEqual(ids(), ["oidc-2"], "an ended session ends nothing else");
  await post("/end", second);
  assert.deepEqual(ids(), []);
});

const PERSON: Omit<TokenRecord, "id"> = {
  ...{ user: "ada", role: "read", secret_sha256: "", revoked_at: null, expires_at: null },
  created_at: new Date(0).toISOString(),
};
