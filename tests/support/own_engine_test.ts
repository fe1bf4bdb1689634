import assert from "node:assert/strict";
import { engineTest, TINY_IMAGE } from "./engine.ts";
import { startOwnEngine } from "./own_engine.ts";

/** Returns the command lines of processes that mention a path below a folder. */
function processesBelow(folder: string): string[] {
  const lines: string[] = [];
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const line = Deno.readTextFileSync(`/proc/${name}/cmdline`);
      if (line.includes(`${folder}/`)) lines.push(line);
    } catch {
      continue; // it has ended since
    }
  }
  return lines;
}

await engineTest("an engine that was killed while a container ran leaves no process", async () => {
  const engine = await startOwnEngine();
  const folder = engine.environment.DOCKER_HOST!.replace(/^unix:\/\/(.*)\/docker\.sock$/, "$1");
  try {
    await engine.docker("run", "--detach", "--network=none", TINY_IMAGE, "sleep", "600");
    assert.equal(processesBelow(folder).filter((line) => line.includes("shim")).length, 1);
    await engine.kill();
  } finally {
    await engine[Symbol.asyncDispose]();
  }
  assert.deepEqual(processesBelow(folder), []);
});
