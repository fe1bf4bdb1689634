import assert from "node:assert/strict";
import { runLoad } from "./load.ts";

Deno.test("under mixed load beside an evaluation every answer is the right one", async () => {
  const { kinds, evaluationsEnded, service } = await runLoad({
    ...{ rate: 50, seconds: 4, evaluations: 1 },
  });
  for (const { name, times, errors } of kinds) {
    assert.ok(times.length > 0, `${name} was asked`);
    assert.deepEqual([...errors], [], name);
  }
  assert.ok(evaluationsEnded > 0 && service.every(({ rssMib }) => rssMib > 0));
});
