import assert from "node:assert/strict";
import { createBaseApp, SILENT_LOG } from "../../shared/http/mod.ts";
import { boundHeld } from "./bound_held.ts";

/** Answers with a stream that lasts until it is cancelled. */
function createApp(
  most: number,
): { ask: (path: string, headers?: HeadersInit) => Promise<Response> } {
  const app = createBaseApp({ service: "test", log: SILENT_LOG });
  app.use(boundHeld(most));
  app.get("/v1/evaluations/broken/events", (c) => c.text("no", 404));
  app.get("*", () =>
    new Response(
      new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(1)) }),
    ));
  const user = { "x-mammoeval-user": "ada", "x-mammoeval-role": "submit" };
  return {
    ask: async (path, headers = {}) =>
      await app.request(path, { headers: { ...user, ...new Headers(headers) } }),
  };
}

Deno.test("streams of one user are bounded, others go on, and what ends makes room", async () => {
  const { ask } = createApp(2);
  const one = await ask("/v1/evaluations/a/events");
  const two = await ask("/v1/evaluations/b/log?follow=true");
  const third = await ask("/v1/evaluations/c/events");
  assert.equal(third.status, 429);
  assert.match((await third.json()).detail, /ada already has 2 open requests/);
  assert.equal((await ask("/v1/evaluations/a/log")).status, 200, "a log as it is now is not held");
  await one.body!.cancel();
  const again = await ask("/v1/evaluations/c/events");
  assert.equal(again.status, 200);
  await Promise.all([two, again].map((answer) => answer.body!.cancel()));
});

Deno.test("what is refused or has been waited for is held no longer", async () => {
  const { ask } = createApp(1);
  for (let count = 0; count < 3; count++) {
    assert.equal((await ask("/v1/evaluations/broken/events")).status, 404);
    const waited = await ask("/v1/evaluations/a", { prefer: "wait=5" });
    assert.equal(waited.status, 200);
    await waited.body!.cancel();
  }
});
