import assert from "node:assert/strict";
import { keepFor } from "./async.ts";

Deno.test("an answer stands for its time, a failure does not", async () => {
  let at = 0;
  let asked = 0;
  const ask = keepFor(10, () => {
    asked++;
    return asked === 3 ? Promise.reject(new Error("away")) : Promise.resolve(asked);
  }, () => at);
  assert.deepEqual(await Promise.all([ask(), ask()]), [1, 1]);
  at = 9;
  assert.equal(await ask(), 1);
  at = 10;
  assert.equal(await ask(), 2);
  at = 20;
  await assert.rejects(ask(), /away/);
  assert.equal(await ask(), 4);
});
