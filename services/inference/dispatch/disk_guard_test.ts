import assert from "node:assert/strict";
import { createDiskGuard } from "./disk_guard.ts";

Deno.test("of several runs the one that has written most ends, and the others go on", () => {
  let now = 0;
  const guard = createDiskGuard(() => now);
  // `old` starts with 900 existing bytes and writes little; `new` writes much.
  for (const [id, bytes] of [["old", 900], ["new", 0], ["idle", 0]] as const) {
    assert.equal(guard.look(id, bytes, -50), false);
  }
  assert.equal(guard.look("new", 300, -1), false, "there is room");
  assert.equal(guard.look("old", 910, 5), false);
  assert.equal(guard.look("idle", 0, 5), false);
  assert.equal(guard.look("new", 320, 5), true);
  assert.equal(guard.look("old", 915, 5), false, "what was stopped is still being cleared away");
  guard.forget("new");
  now = 60_000;
  assert.equal(guard.look("idle", 0, 5), false);
  assert.equal(guard.look("old", 916, 5), true, "then the next one");
});

Deno.test("what others have filled ends no run", () => {
  const guard = createDiskGuard(() => 0);
  guard.look("run", 0, -1);
  assert.equal(guard.look("run", 10, 100), false);
});
