import assert from "node:assert/strict";
import { memorySlope, watchProcess } from "./watch_process.ts";

Deno.test("memorySlope: of the second half alone, in MiB a minute", () => {
  const looks = [900, 10, 500, 100, 101, 102, 103].map((rssMib, at) => ({ at, rssMib }));
  assert.ok(Math.abs(memorySlope(looks) - 60) < 1e-9);
  assert.equal(memorySlope(looks.map(({ at }) => ({ at, rssMib: 7 }))), 0);
});

Deno.test("watchProcess: memory and processor time of a process, until told to end", async () => {
  const stop = new AbortController();
  const watching = watchProcess(Deno.pid, stop.signal);
  stop.abort();
  const [look] = await watching;
  assert.ok(look!.rssMib > 10 && look!.cpuS > 0);
});
