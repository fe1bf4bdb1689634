import assert from "node:assert/strict";
import { isDiskFull } from "./disk_full.ts";

Deno.test("isDiskFull: as Deno, Node and SQLite say it, and nothing else", () => {
  const full = [
    new Error("No space left on device (os error 28)"),
    new Error("Disk quota exceeded (os error 122): open '/x'"),
    new Error("ENOSPC: no space left on device, write"),
    new Error("database or disk is full"),
  ];
  for (const error of full) assert.ok(isDiskFull(error), error.message);
  for (const error of [new Error("os error 2"), new Error("os error 280"), "x", null]) {
    assert.ok(!isDiskFull(error), String(error));
  }
});
