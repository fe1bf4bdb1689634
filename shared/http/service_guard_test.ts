import assert from "node:assert/strict";
import { equalSecrets, guardService, signRequests } from "./service_guard.ts";

const service = (): Response => new Response("inside");

Deno.test("a guarded service answers to those who know the token", async () => {
  const guarded = guardService(service, "right");
  assert.equal(
    await (await signRequests(guarded, "right")(new Request("http://x/v1"))).text(),
    "inside",
  );
  for (const token of ["wrong", "", "righ", "rightt", "RIGHT"]) {
    const headers = { "x-request-id": "r1" };
    const answer = await signRequests(guarded, token)(new Request("http://x/v1", { headers }));
    assert.equal(answer.status, 401);
    assert.equal((await answer.json()).request_id, "r1");
  }
  assert.equal((await guarded(new Request("http://x/v1/datasets"))).status, 401);
});

Deno.test("health is told to anybody, and only at its own paths", async () => {
  const guarded = guardService(service, "right");
  assert.equal((await guarded(new Request("http://x/healthz"))).status, 200);
  assert.equal((await guarded(new Request("http://x/readyz"))).status, 200);
  for (const path of ["/healthz/", "/healthz/../v1", "//healthz", "/metrics"]) {
    assert.equal((await guarded(new Request(`http://x${path}`))).status, 401, path);
  }
});

Deno.test("signing keeps method, body and the other headers", async () => {
  const echo = async (request: Request): Promise<Response> =>
    Response.json([request.method, request.headers.get("x-a"), await request.text()]);
  const request = new Request("http://x/", { method: "POST", body: "b", headers: { "x-a": "1" } });
  assert.deepEqual(await (await signRequests(echo, "t")(request)).json(), ["POST", "1", "b"]);
});

Deno.test("secrets are equal when they are the same, whatever their length", () => {
  assert.ok(equalSecrets("a", "a") && equalSecrets("", ""));
  assert.ok(!equalSecrets("a", "ab") && !equalSecrets("a", "b") && !equalSecrets("", "a"));
});
