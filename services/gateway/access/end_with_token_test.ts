import assert from "node:assert/strict";
import { createOpenAnswers } from "./end_with_token.ts";
import { makeToken, type TokenRecord } from "./token.ts";

const LOOK_MS = 5;

function token(expiresAt: Date | null = null): TokenRecord {
  return makeToken({ user: "ada", role: "read", createdAt: new Date(), expiresAt }).record;
}

/** A stream that sends one chunk and then stalls. */
function stream(type = "text/event-stream"): Response {
  const body = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(3)) });
  return new Response(body, { headers: { "content-type": type } });
}

Deno.test("a download fails once its token is revoked, has expired or is gone; others go on", async () => {
  const [revoked, gone, good] = [token(), token(), token()];
  const expired = token(new Date(Date.now() + 3 * LOOK_MS));
  const records = [revoked, expired, gone, good];
  const open = createOpenAnswers({ all: () => Promise.resolve(records) }, LOOK_MS);
  const ends = [revoked, expired, gone].map((record) =>
    assert.rejects(open.watch(stream("text/csv"), record).text(), /is no longer valid/)
  );
  const held = open.watch(stream(), good);
  records.splice(0, 4, { ...revoked, revoked_at: new Date().toISOString() }, expired, good);
  await Promise.all(ends);
  const reader = held.body!.getReader();
  assert.equal((await reader.read()).value?.length, 3);
  await reader.cancel();
});

Deno.test("a request that waits is let go once its token is revoked; others and faults go on", async () => {
  const [revoked, good] = [token(), token()];
  const records = [revoked, good];
  const open = createOpenAnswers({ all: () => Promise.resolve(records) }, LOOK_MS);
  const other = Promise.withResolvers<void>();
  const waits = open.holds(other.promise, good);
  const ended = open.holds(new Promise(() => {}), revoked);
  records[0] = { ...revoked, revoked_at: new Date().toISOString() };
  assert.equal(await ended, false);
  other.resolve();
  assert.equal(await waits, true);
  await assert.rejects(open.holds(Promise.reject(new Error("as it was")), good), /as it was/);
});

Deno.test("a stream ends as usual: there is nothing that its part could be taken for", async () => {
  const record = token(new Date());
  const open = createOpenAnswers({ all: () => Promise.resolve([record]) }, LOOK_MS);
  assert.equal((await open.watch(stream(), record).text()).length, 3);
});

Deno.test("what is there at once is not watched, and a download that ends leaves no timer", async () => {
  const record = token();
  const open = createOpenAnswers({ all: () => Promise.resolve([record]) }, LOOK_MS);
  const json = Response.json({});
  assert.equal(open.watch(json, record), json);
  const problem = stream("application/problem+json");
  assert.equal(open.watch(problem, record), problem);
  await problem.body!.cancel();
  const download = new Response("a,b", { headers: { "content-type": "text/csv" } });
  assert.equal(await open.watch(download, record).text(), "a,b");
});

Deno.test("tokens that cannot be read end what is open", async () => {
  const all = (): Promise<never> => Promise.reject(new Error("cannot be read"));
  const answer = createOpenAnswers({ all }, LOOK_MS).watch(stream(), token());
  assert.equal((await answer.text()).length, 3);
});
