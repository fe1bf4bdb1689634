import assert from "node:assert/strict";
import { runLoad } from "./load.ts";

Deno.test("under mixed load beside an evaluation every answer is the right one", async () => {
  const { kinds, errors, errorCount, evaluationsEnded, rssMib } = await runLoad({
    ...{ rate: 50, seconds: 4, evaluations: 1 },
  });
  assert.deepEqual(errors, []);
  assert.equal(errorCount, 0);
  assert.ok(kinds.every(({ times }) => times.length > 0), "each kind was asked");
  assert.ok(evaluationsEnded > 0 && rssMib.every((value) => value > 0));
});
