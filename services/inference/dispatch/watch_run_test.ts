import assert from "node:assert/strict";
import type { Measurement } from "../executors/executor.ts";
import type { Evaluation } from "../ledger/ledger.ts";
import { inWorld, type World } from "../test_world.ts";

const USED: Measurement = {
  memoryBytes: 5_000_000,
  cpuSeconds: 1.5,
  processes: 3,
  gpuMemoryBytes: null,
};

/** Runs one evaluation whose container goes on until it is stopped. */
async function runUntilStopped(
  world: World,
  request: Record<string, unknown>,
  lines: readonly string[] = [],
): Promise<Evaluation> {
  world.executor.script = () => ({ lines, end: "hold" });
  const dispatcher = world.createDispatcher();
  await dispatcher.recover();
  const { id } = await world.enqueue(request);
  dispatcher.kick();
  const ended = await world.ended(id);
  await dispatcher.stop();
  return ended;
}

Deno.test("a model that prints without end is stopped, its last lines are there", () =>
  inWorld(async (world) => {
    const lines = Array.from({ length: 300 }, (_, at) => `line ${at}`);
    const { error } = await runUntilStopped(world, { limits: { output: "1k" } }, lines);
    assert.equal(error?.type, "too_much_output");
    assert.match(error!.message, /more than 1k.*MAMMOEVAL_OUTPUT/);
    assert.equal(error!.log_tail.at(-1), "line 299");
  }));

Deno.test("preprocessed images over the limit end the run", () =>
  inWorld(async (world) => {
    world.executor.onStart = async (job) => {
      const mount = job.mounts.find(({ target }) => target === "/home/preprocessed_images")!;
      await Deno.writeFile(`${mount.source}/a.png`, new Uint8Array(64 * 1024));
      return { ok: true, value: undefined };
    };
    const { error, provenance } = await runUntilStopped(world, { limits: { disk: "32k" } });
    assert.equal(error?.type, "disk_limit_exceeded");
    assert.match(error!.message, /limits\.disk/);
    const resources = provenance["resources"] as Record<string, number>;
    assert.ok(resources["disk_bytes"]! >= 64 * 1024);
  }));

Deno.test("processes that stay used up end the run; what was used is told", () =>
  inWorld(async (world) => {
    world.executor.measured = { ...USED, processes: 64 };
    const { error, provenance } = await runUntilStopped(world, { limits: { pids: 64 } });
    assert.equal(error?.type, "too_many_processes");
    const { disk_bytes, ...rest } = provenance["resources"] as Record<string, number>;
    assert.ok(disk_bytes! >= 0);
    assert.deepEqual(rest, {
      peak_memory_bytes: 5_000_000,
      cpu_s: 1.5,
      peak_processes: 64,
      peak_gpu_memory_bytes: null,
    });
  }));
