import assert from "node:assert/strict";
import { inWorld, type World } from "../../../tests/support/inference/world.ts";
import type { Executor, FollowHooks } from "../engine/executor.ts";

/** Makes the world's executor a cluster, and returns the hooks of whoever follows its latest job. */
function makeCluster({ executor }: World): () => Promise<FollowHooks> {
  const { follow } = executor;
  const hooks: FollowHooks[] = [];
  const waiting: Executor["follow"] = (id, onLine, since, given) => {
    hooks.push(given!);
    return follow(id, onLine, since, given);
  };
  Object.assign(executor, { name: "slurm", follow: waiting });
  executor.script = () => ({ end: "hold" });
  return async () => {
    while (hooks.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    return hooks.pop()!;
  };
}

Deno.test("a job is queued while it waits in the cluster, before its start and after a requeue", () =>
  inWorld(async (world) => {
    const { ledger, executor } = world;
    const nextHooks = makeCluster(world);
    const before = world.createDispatcher();
    await before.recover();
    const { id } = await world.enqueue();
    before.wake();
    const hooks = await nextHooks();
    hooks.onWaiting!("waits in Slurm (Priority)");
    const waits = ledger.get(id)!;
    assert.deepEqual([waits.status, waits.startedAt, waits.runningSince], ["queued", null, null]);
    assert.equal(waits.progress.note, "waits in Slurm (Priority)");
    assert.deepEqual(ledger.list({ status: "queued", limit: 9 }).map((one) => one.id), [id]);
    assert.deepEqual(ledger.queued("cpu", 9), [], "nobody starts it again");

    const startedAt = "2026-01-01T00:00:00.000Z";
    hooks.onStarted!(startedAt, [2]);
    const runs = ledger.get(id)!;
    assert.deepEqual([runs.status, runs.startedAt, runs.progress.note], [
      "running",
      startedAt,
      null,
    ]);
    hooks.onWaiting!("waits in Slurm (BeginTime)");
    assert.deepEqual([ledger.get(id)!.status, ledger.get(id)!.startedAt], ["queued", null]);
    assert.equal(ledger.count({ status: "running" }), 0);

    // Another process follows the job that waits.
    const after = world.createDispatcher();
    await after.recover();
    const later = await nextHooks();
    later.onStarted!("2026-01-02T00:00:00.000Z", [1]);
    executor.release(id);
    const ended = await world.ended(id);
    assert.deepEqual([ended.status, ended.attempt, ended.startedAt], [
      "succeeded",
      1,
      "2026-01-02T00:00:00.000Z",
    ]);
    assert.equal(executor.jobs.length, 1);
    await before.stop();
    await after.stop();
  }));

Deno.test("a job that the cluster ends twice fails with what the cluster says", () =>
  inWorld(async (world) => {
    makeCluster(world);
    const reason = "Slurm ended the job because its node failed";
    world.executor.script = () => ({ end: { kind: "vanished", reason } });
    const dispatcher = world.createDispatcher();
    await dispatcher.recover();
    const { id } = await world.enqueue();
    dispatcher.wake();
    const { attempt, error } = await world.ended(id);
    assert.deepEqual([attempt, error?.type], [2, "interrupted"]);
    assert.match(error!.message, /interrupted the run twice: Slurm .* its node failed/);
    await dispatcher.stop();
  }));

Deno.test("a job that the cluster loses while it waits is submitted once more, and can be cancelled", () =>
  inWorld(async (world) => {
    const nextHooks = makeCluster(world);
    const dispatcher = world.createDispatcher();
    await dispatcher.recover();
    const { id } = await world.enqueue();
    dispatcher.wake();
    (await nextHooks()).onWaiting!("waits in Slurm (Priority)");
    world.executor.release(id, { kind: "vanished" });
    await world.until(id, ({ attempt, submitted }) => attempt === 2 && submitted === true);
    await nextHooks();
    assert.equal((await dispatcher.cancel(id))?.status, "cancelled");
    assert.deepEqual([world.executor.jobs.length, world.executor.containers.size], [2, 0]);
    await dispatcher.stop();
  }));
