import assert from "node:assert/strict";
import { createDiskReserve } from "../ledger/sqlite_ledger.ts";

Deno.test("a reserve takes its space once, and gives it up once", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/reserve`;
    const reserve = createDiskReserve(path, 100_000);
    assert.equal(reserve.giveUp(), false);
    reserve.hold();
    reserve.hold();
    assert.equal((await Deno.stat(path)).size, 100_000);
    assert.equal(reserve.giveUp(), true);
    assert.equal(reserve.giveUp(), false);
    createDiskReserve(`${folder}/missing/reserve`, 10).hold();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
