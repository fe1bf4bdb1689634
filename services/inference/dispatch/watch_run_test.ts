import assert from "node:assert/strict";
import type { Measurement, RunEnd } from "../engine/executor.ts";
import type { Evaluation } from "../ledger/ledger.ts";
import { inWorld, type World } from "../../../tests/support/inference/world.ts";

const USED: Measurement = {
  memoryBytes: 5_000_000,
  cpuSeconds: 1.5,
  processes: 3,
  rootBytes: null,
  gpuMemoryBytes: null,
};

/** Runs one evaluation whose container runs until it is stopped. */
async function runUntilStopped(
  world: World,
  request: Record<string, unknown>,
  lines: readonly string[] = [],
): Promise<Evaluation> {
  world.executor.script = () => ({ lines, end: "hold" });
  const dispatcher = world.createDispatcher();
  await dispatcher.recover();
  const { id } = await world.enqueue(request);
  dispatcher.wake();
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

const TWO_DAYS_MS = 2 * 86_400_000;

/** Moves the wall clock during the work, then restores it. */
async function withClock(ms: number, work: () => Promise<void>): Promise<void> {
  const { now } = Date;
  Date.now = () => now() + ms;
  try {
    await work();
  } finally {
    Date.now = now;
  }
}

for (const jump of [TWO_DAYS_MS, -TWO_DAYS_MS]) {
  const days = jump / 86_400_000;
  Deno.test(`a wall clock that jumps by ${days} days ends no run, and lets none go on for ever`, () =>
    inWorld(async (world) => {
      world.executor.script = () => ({ end: "hold" });
      const dispatcher = world.createDispatcher();
      await dispatcher.recover();
      const long = await world.enqueue({ device: "gpu", timeout_s: 86_400 });
      dispatcher.wake();
      await world.until(long.id, ({ status }) => status === "running");
      await withClock(jump, async () => {
        const short = await world.enqueue({ device: "gpu", timeout_s: 1 });
        dispatcher.wake();
        assert.equal((await world.ended(short.id)).error?.type, "timed_out");
        assert.equal(world.ledger.get(long.id)?.status, "running", "looked at many times since");
      });
      world.executor.release(long.id);
      const ended = await world.ended(long.id);
      assert.equal(ended.status, "succeeded");
      assert.ok(Number(ended.provenance["run_ms"]) < 86_400_000);
      await dispatcher.stop();
    }));

  Deno.test(`a run that is taken up again counts on, though the wall clock has jumped by ${days} days`, () =>
    inWorld(async (world) => {
      const uptime = Deno.osUptime();
      const runningSince = new Date(Date.now() + jump).toISOString();
      const began = [["late", uptime - 1000], ["early", uptime]] as const;
      const ids: Record<string, string> = {};
      for (const [name, began_at_uptime_s] of began) {
        const { id } = await world.enqueue({ timeout_s: 900 });
        ids[name] = id;
        world.ledger.change(id, "building", { attempt: 1 });
        const provenance = { began_at_uptime_s };
        world.ledger.change(id, "running", { runningSince, provenance });
        world.executor.plant(id, { end: "hold" });
      }
      const dispatcher = world.createDispatcher();
      await dispatcher.recover();
      const late = await world.ended(ids["late"]!);
      assert.equal(late.error?.type, "timed_out");
      assert.equal(world.ledger.get(ids["early"]!)?.status, "running");
      world.executor.release(ids["early"]!);
      await world.ended(ids["early"]!);
      await dispatcher.stop();
    }));
}

Deno.test("a time limit in a cluster begins with the job, not with its wait, and goes on after a restart", () =>
  inWorld(async (world) => {
    const { executor, ledger } = world;
    const { follow } = executor;
    const startedAt = new Date().toISOString();
    const starts = Promise.withResolvers<void>();
    Object.assign(executor, {
      name: "slurm",
      async follow(...[id, onLine, since, hooks]: Parameters<typeof follow>): Promise<RunEnd> {
        await starts.promise;
        // Every process that follows the job receives its start.
        hooks?.onStarted?.(startedAt, []);
        return await follow(id, onLine, since, hooks);
      },
    });
    executor.script = () => ({ end: "hold" });
    const before = world.createDispatcher();
    await before.recover();
    const { id } = await world.enqueue({ timeout_s: 900 });
    before.wake();
    await world.until(id, ({ submitted }) => submitted === true);
    assert.equal(ledger.get(id)?.provenance["began_at_uptime_s"], undefined, "it waits");
    starts.resolve();
    await world.until(id, ({ provenance }) => typeof provenance["began_at_uptime_s"] === "number");
    const { provenance } = ledger.get(id)!;
    executor.release(id);
    await world.ended(id);
    await before.stop();

    // The state that a later process finds.
    const resumed = await world.enqueue({ timeout_s: 900 });
    ledger.change(resumed.id, "building", { attempt: 1 });
    ledger.change(resumed.id, "running", { runningSince: startedAt, provenance });
    executor.plant(resumed.id, { end: "hold" });
    const { osUptime } = Deno;
    Deno.osUptime = () => osUptime() + 1000;
    try {
      const after = world.createDispatcher();
      await after.recover();
      assert.equal((await world.ended(resumed.id)).error?.type, "timed_out");
      await after.stop();
    } finally {
      Deno.osUptime = osUptime;
    }
  }));
