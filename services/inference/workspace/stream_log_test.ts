import assert from "node:assert/strict";
import { join } from "node:path";
import { streamLog } from "./stream_log.ts";

Deno.test("a log whose reader has gone before it was open is let go", async () => {
  const folder = await Deno.makeTempDir({ prefix: "mammoeval-log-" });
  const path = join(folder, "log.txt");
  await Deno.writeTextFile(path, "a line\n");
  // Each cancels at another step of opening; the test runner detects files left open.
  for (let steps = 0; steps < 20; steps++) {
    const stream = streamLog(path, () => true);
    for (let step = 0; step < steps; step++) await Promise.resolve();
    await stream.cancel();
  }
  assert.equal(await new Response(streamLog(path, () => true)).text(), "a line\n");
  // A file that was being opened is closed a moment later.
  while (isOpen(path)) await new Promise((resolve) => setTimeout(resolve, 5));
  await Deno.remove(folder, { recursive: true });
});

function isOpen(path: string): boolean {
  return [...Deno.readDirSync("/proc/self/fd")].some(({ name }) => {
    try {
      return Deno.readLinkSync(`/proc/self/fd/${name}`) === path;
    } catch {
      return false; // it was closed meanwhile
    }
  });
}
