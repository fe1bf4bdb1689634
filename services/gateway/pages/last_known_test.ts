import assert from "node:assert/strict";
import { lastKnown } from "../routes/pages.ts";

const never = new Promise<string>(() => {});

Deno.test("who answers late is not waited for where an answer is known; keys keep apart", async () => {
  let at = 0;
  const ask = lastKnown<string>({ waitMs: 0, keptMs: 10 }, () => at);
  const late = Promise.withResolvers<string>();
  assert.equal(await ask("ada", () => Promise.resolve("first")), "first");
  assert.equal(await ask("ada", () => late.promise), "first");
  late.resolve("second");
  await late.promise;
  assert.equal(await ask("ada", () => never), "second");
  assert.equal(await ask("ada", () => Promise.resolve("third")), "third", "in time");
  assert.equal(await ask("eve", () => Promise.resolve("hers")), "hers");
  at = 11;
  assert.equal(await ask("ada", () => Promise.resolve("fourth")), "fourth", "too old to stand in");
});

Deno.test("a failure in time is the answer, a late one is nobody's", async () => {
  const ask = lastKnown<string>({ waitMs: 0, keptMs: 1000 });
  await assert.rejects(ask("ada", () => Promise.reject(new Error("away"))), /away/);
  assert.equal(await ask("ada", () => Promise.resolve("first")), "first");
  await assert.rejects(ask("ada", () => Promise.reject(new Error("away"))), /away/);
  const late = Promise.withResolvers<string>();
  assert.equal(await ask("ada", () => late.promise), "first");
  late.reject(new Error("too late"));
  assert.equal(await ask("ada", () => never), "first");
});
