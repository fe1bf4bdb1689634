import assert from "node:assert/strict";
import type { JobRequest } from "./jobs.ts";
import { isLasting, resultKey } from "./result_key.ts";

const COMPARE: JobRequest<"compare"> = {
  ...{ reports: [], level: "breast", reference: null, margin: null, bootstrap: null },
  truth: false,
};

Deno.test("the key follows from kind and whole request; what the volume keeps has none", () => {
  assert.equal(resultKey("compare", COMPARE), resultKey("compare", { ...COMPARE }));
  assert.notEqual(resultKey("compare", COMPARE), resultKey("compare", { ...COMPARE, margin: 0.1 }));
  assert.equal(resultKey("combine", {} as JobRequest<"combine">), null);
});

Deno.test("what failed is not kept", () => {
  assert.deepEqual(
    [{ ok: false, errors: [] }, null, { ok: true }, new Uint8Array(1)].map(isLasting),
    [false, false, true, true],
  );
});
