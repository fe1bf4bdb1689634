import assert from "node:assert/strict";
import { joinBytes } from "./join_bytes.ts";

Deno.test("joinBytes: in order, empty ones too, and a copy", () => {
  const first = Uint8Array.of(1, 2);
  const all = joinBytes([first, new Uint8Array(0), Uint8Array.of(3)]);
  first[0] = 9;
  assert.deepEqual([...all], [1, 2, 3]);
  assert.equal(joinBytes([]).length, 0);
});
