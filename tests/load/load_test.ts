import assert from "node:assert/strict";
import { runLoad } from "./load.ts";

Deno.test("beside a hostile user every answer to others is the right one", async () => {
  const { kinds, hostile } = await runLoad({
    ...{ rate: 20, seconds: 5, evaluations: 0, hostile: true },
  });
  for (const { name, errors } of kinds) assert.deepEqual([...errors], [], name);
  assert.ok((hostile!.get("503") ?? 0) > 0, "the hostile user meets the bound");
});

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
