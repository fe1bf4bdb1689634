import assert from "node:assert/strict";
import { CALLER_HEADERS, createBaseApp, SILENT_LOG } from "../../shared/http/mod.ts";
import { limitRate } from "./limit_rate.ts";

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
