import assert from "node:assert/strict";
import { CALLER_HEADERS, createBaseApp, SILENT_LOG } from "../../shared/http/mod.ts";
import { limitConcurrency, limitRate } from "./limit_rate.ts";
import { createSharedPlaces } from "./shared_places.ts";

Deno.test("each user has so many requests a minute, and is told how many are left", async () => {
  const app = createBaseApp({ service: "test", log: SILENT_LOG });
  app.use(limitRate(3));
  app.get("/", (c) => c.text("here"));
  const ask = (user: string): Response | Promise<Response> =>
    app.request("/", { headers: { [CALLER_HEADERS.user]: user, [CALLER_HEADERS.role]: "read" } });
  const answers = [];
  for (let request = 0; request < 4; request++) answers.push(await ask("ada"));
  assert.deepEqual(answers.map(({ status }) => status), [200, 200, 200, 429]);
  assert.equal(answers[0]!.headers.get("ratelimit-policy"), '"user";q=3;w=60');
  assert.match(answers[0]!.headers.get("ratelimit")!, /^"user";r=2;t=\d+$/);
  const refused = answers[3]!;
  assert.match(refused.headers.get("ratelimit")!, /^"user";r=0;t=\d+$/);
  assert.ok(Number(refused.headers.get("retry-after")) >= 1);
  assert.equal((await refused.json()).type, "too_many_requests");
  assert.equal((await ask("grace")).status, 200, "another user has their own count");
});

Deno.test("what comes while too much is under way is refused, what comes later is not", async () => {
  const app = createBaseApp({ service: "gateway", log: SILENT_LOG });
  app.use(limitConcurrency(createSharedPlaces(4, 0)));
  const open: (() => void)[] = [];
  app.get("/slow", async (c) => {
    await new Promise<void>((resolve) => open.push(resolve));
    return c.text("done");
  });
  app.get("/broken", () => {
    throw new Error("broken");
  });
  assert.equal((await app.request("/broken")).status, 500);
  const waiting = [app.request("/slow"), app.request("/slow")];
  const refused = await app.request("/slow");
  assert.equal(refused.status, 503);
  assert.equal(refused.headers.get("retry-after"), "5");
  assert.equal((await refused.json()).type, "unavailable");
  assert.equal((await app.request("/healthz")).status, 200);
  for (const end of open) end();
  assert.deepEqual((await Promise.all(waiting)).map(({ status }) => status), [200, 200]);
  const later = app.request("/slow");
  await new Promise((resolve) => setTimeout(resolve));
  open.at(-1)!();
  assert.equal((await later).status, 200);
});

Deno.test("one user's requests that do not end leave places for others", async () => {
  const app = createBaseApp({ service: "gateway", log: SILENT_LOG });
  app.use(limitConcurrency(createSharedPlaces(12, 2)));
  const open: (() => void)[] = [];
  app.get("/slow", async (c) => {
    await new Promise<void>((resolve) => open.push(resolve));
    return c.text("done");
  });
  app.get("/quick", (c) => c.text("done"));
  const ask = async (path: string, user: string, role = "read"): Promise<number> => {
    const headers = { "x-mammoeval-user": user, "x-mammoeval-role": role };
    return (await app.request(path, { headers })).status;
  };
  const waiting = Array.from({ length: 5 }, () => ask("/slow", "mallory"));
  assert.equal(await ask("/slow", "mallory"), 503);
  waiting.push(...["ada", "ada", "bob"].map((user) => ask("/slow", user)));
  assert.equal(await ask("/quick", "carl"), 200);
  waiting.push(ask("/slow", "carl"));
  assert.equal(await ask("/quick", "dora"), 503, "what is left is the admins'");
  assert.equal(await ask("/quick", "owner", "admin"), 200);
  for (const end of open) end();
  for (const status of await Promise.all(waiting)) assert.equal(status, 200);
});
