import assert from "node:assert/strict";
import type { EvaluationStatus } from "../../../shared/contracts/evaluations.ts";
import { Problem } from "../../../shared/http/mod.ts";
import { eventually } from "../../../tests/support/eventually.ts";
import type { Evaluation } from "../ledger/ledger.ts";
import {
  GOOD_PREDICTIONS,
  leavePredictions,
  namesIn,
} from "../../../tests/support/inference/values.ts";
import { inWorld, type World } from "../../../tests/support/inference/world.ts";

/** An evaluation that an earlier process left in the ledger. */
async function leftIn(world: World, status: EvaluationStatus): Promise<Evaluation> {
  const { id } = await world.enqueue();
  for (const next of ["building", "running", "scoring"] as const) {
    if (world.ledger.get(id)!.status === status) break;
    world.ledger.change(id, next, { attempt: 1, runningSince: new Date().toISOString() });
  }
  return world.ledger.get(id)!;
}

Deno.test("nothing starts before what was left is taken up", () =>
  inWorld(async (world) => {
    const dispatcher = world.createDispatcher();
    const { id } = await world.enqueue();
    dispatcher.wake();
    assert.equal(world.ledger.get(id)?.status, "queued");
    await dispatcher.recover();
    assert.equal((await world.ended(id)).status, "succeeded");
    await dispatcher.stop();
  }));

Deno.test("one evaluation at a time on cpu and on each gpu, the others wait their turn", () =>
  inWorld(async (world) => {
    world.executor.script = () => ({ end: "hold" });
    const dispatcher = world.createDispatcher();
    await dispatcher.recover();
    const requests = [
      { device: "cpu" },
      { device: "cpu" },
      { device: "gpu", gpu: 1 },
      { device: "gpu", gpu: 1 },
      { device: "gpu", gpu: "auto" },
    ];
    const made: Evaluation[] = [];
    for (const request of requests) made.push(await world.enqueue(request));
    dispatcher.wake();
    for (const at of [0, 2, 4]) {
      await world.until(made[at]!.id, ({ status }) => status === "running");
    }
    const states = (): string[] => made.map(({ id }) => world.ledger.get(id)!.status);
    assert.deepEqual(states(), ["running", "queued", "running", "queued", "running"]);
    assert.deepEqual(world.ledger.get(made[4]!.id)?.gpus, [0], "auto takes the free one");
    await followed(world, made[2]!.id);
    world.executor.release(made[2]!.id);
    await world.until(made[3]!.id, ({ status }) => status === "running");
    assert.equal(world.ledger.get(made[1]!.id)?.status, "queued", "a gpu is no cpu");
    for (const { id } of made) await dispatcher.cancel(id);
    await dispatcher.stop();
  }));

/** Waits until the executor follows a container, so that it can be released. */
function followed(world: World, id: string): Promise<void> {
  return called(world, `follow ${id}`);
}

/** Waits for a call of the executor. */
async function called({ executor }: World, call: string): Promise<void> {
  while (!executor.calls.includes(call)) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

Deno.test("cancelling: queued, running, ended, unknown", () =>
  inWorld(async (world) => {
    world.executor.script = () => ({ end: "hold" });
    const dispatcher = world.createDispatcher();
    await dispatcher.recover();
    const [running, queued] = [await world.enqueue(), await world.enqueue()];
    dispatcher.wake();
    await followed(world, running.id);
    assert.equal((await dispatcher.cancel(queued.id))?.status, "cancelled");
    assert.equal((await dispatcher.cancel(running.id))?.status, "cancelled");
    assert.equal((await dispatcher.cancel(running.id))?.status, "cancelled", "twice is as once");
    assert.equal(await dispatcher.cancel("nobody"), null);
    assert.ok(world.ledger.get(running.id)?.finishedAt);
    assert.equal(world.executor.containers.size, 0, "no container stays");
    assert.deepEqual([world.scratch(), world.leases()], [[], []]);
    for (const { id } of [running, queued]) {
      assert.ok(await recordStatus(world, id) === "cancelled");
    }
    await dispatcher.stop();
  }));

async function recordStatus({ layout }: World, id: string): Promise<string> {
  const path = `${layout.results}/exp1/toy/${id}/evaluation.json`;
  return JSON.parse(await Deno.readTextFile(path)).status;
}

Deno.test("cancelling while the image is built breaks the build off", () =>
  inWorld(async (world) => {
    const aborted = Promise.withResolvers<void>();
    world.executor.onProvision = (_model, onLine, signal) => {
      onLine({ at: new Date().toISOString(), text: "Step 1/9" });
      return new Promise((resolve) =>
        signal.addEventListener("abort", () => {
          aborted.resolve();
          resolve({ ok: false, failure: { type: "image_build_failed", message: "killed" } });
        })
      );
    };
    const dispatcher = world.createDispatcher();
    await dispatcher.recover();
    const { id } = await world.enqueue();
    dispatcher.wake();
    await called(world, "provision toy");
    const [cancelled] = await Promise.all([dispatcher.cancel(id), aborted.promise]);
    assert.deepEqual([cancelled?.status, cancelled?.error], ["cancelled", null]);
    assert.equal(world.executor.jobs.length, 0, "no container was started");
    await dispatcher.stop();
  }));

Deno.test("cancelling before the build has begun begins none", () =>
  inWorld(async (world) => {
    const dispatcher = world.createDispatcher();
    await dispatcher.recover();
    const { id } = await world.enqueue();
    dispatcher.wake();
    assert.equal(world.ledger.get(id)?.status, "building");
    assert.equal((await dispatcher.cancel(id))?.status, "cancelled");
    assert.ok(!world.executor.calls.includes("provision toy"));
    await dispatcher.stop();
  }));

Deno.test("after a kill: what was built is queued again and its start does not count", () =>
  inWorld(async (world) => {
    const { id } = await leftIn(world, "building");
    const dispatcher = world.createDispatcher();
    await dispatcher.recover();
    const ended = await world.ended(id);
    assert.deepEqual([ended.status, ended.attempt], ["succeeded", 1]);
    await dispatcher.stop();
  }));

Deno.test("after a kill: a container that runs or has ended is followed, not started again", () =>
  inWorld(async (world) => {
    const left = await leftIn(world, "running");
    world.executor.plant(left.id, { lines: ["image 2/2"] });
    await leavePredictions(world.layout, left, GOOD_PREDICTIONS);
    const dispatcher = world.createDispatcher();
    await dispatcher.recover();
    const ended = await world.ended(left.id);
    assert.deepEqual([ended.status, ended.attempt], ["succeeded", 1]);
    assert.equal(world.executor.jobs.length, 0);
    assert.equal(world.scoring.orders.length, 1);
    await dispatcher.stop();
    assert.deepEqual([world.scratch(), world.leases()], [[], []]);
    assert.equal(world.executor.containers.size, 0);
  }));

Deno.test("after a kill: a container that is gone is started once more, then given up", () =>
  inWorld(async (world) => {
    const { id } = await leftIn(world, "running");
    world.executor.script = () => ({ end: { kind: "vanished" } });
    const dispatcher = world.createDispatcher();
    await dispatcher.recover();
    const ended = await world.ended(id);
    assert.deepEqual([ended.status, ended.error?.type, ended.attempt], [
      "failed",
      "interrupted",
      2,
    ]);
    assert.equal(world.executor.jobs.length, 1);
    await dispatcher.stop();
  }));

Deno.test("after a kill: what was being scored is scored, with the same id", () =>
  inWorld(async (world) => {
    const { id } = await leftIn(world, "scoring");
    const dispatcher = world.createDispatcher();
    await dispatcher.recover();
    const ended = await world.ended(id);
    assert.deepEqual([ended.status, ended.score], ["succeeded", id]);
    assert.deepEqual(world.scoring.orders.map(({ evaluation }) => evaluation), [id]);
    await dispatcher.stop();
  }));

Deno.test("after a kill: no container, scratch folder or lease stays that nobody wants", () =>
  inWorld(async (world) => {
    world.executor.plant("0190a000-0000-7000-8000-00000000dead", { end: "hold" });
    await Deno.mkdir(`${world.layout.work}/build-toy-1234`);
    await Deno.mkdir(`${world.layout.leases}/sample`, { recursive: true });
    await Deno.writeTextFile(`${world.layout.leases}/sample/0190a000-dead`, "");
    const dispatcher = world.createDispatcher();
    await dispatcher.recover();
    assert.equal(world.executor.containers.size, 0);
    assert.deepEqual([namesIn(world.layout.work), world.leases()], [[], []]);
    await dispatcher.stop();
  }));

Deno.test("stopping waits for the run and starts nothing new", () =>
  inWorld(async (world) => {
    world.executor.script = () => ({ end: "hold" });
    const dispatcher = world.createDispatcher();
    await dispatcher.recover();
    const [first, second] = [await world.enqueue(), await world.enqueue()];
    dispatcher.wake();
    await followed(world, first.id);
    const stopped = dispatcher.stop();
    world.executor.release(first.id);
    await stopped;
    assert.equal(world.ledger.get(first.id)?.status, "succeeded");
    assert.equal(world.ledger.get(second.id)?.status, "queued");
  }));

Deno.test("leases of what is queued while the engine is away stay; those of what has ended go", () =>
  inWorld(async (world) => {
    const [left, ended] = [await world.enqueue(), await world.enqueue()];
    world.ledger.change(ended.id, "failed");
    world.executor.known = () => Promise.reject(new Error("no engine"));
    const dispatcher = world.createDispatcher();
    await dispatcher.recover();
    const queued = await world.enqueue();
    world.executor.script = () => ({ end: "hold" });
    world.executor.known = () => Promise.resolve([]);
    await dispatcher.recover();
    const wanted = [left.id, queued.id].sort();
    const leases = await eventually(() => world.leases().sort(), ({ length }) => length === 2);
    assert.deepEqual(leases, wanted);
    for (const { id } of [left, queued]) await dispatcher.cancel(id);
    await dispatcher.stop();
  }));

Deno.test("a cancel during scoring leaves no score, and the cancel is answered when it is gone", () =>
  inWorld(async (world) => {
    const { scoring } = world;
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<string>();
    scoring.score = () => {
      asked.resolve();
      return answer.promise;
    };
    const dispatcher = world.createDispatcher();
    await dispatcher.recover();
    const { id } = await world.enqueue();
    dispatcher.wake();
    await asked.promise;
    const cancelling = dispatcher.cancel(id);
    answer.resolve(id);
    assert.equal((await cancelling)?.status, "cancelled");
    assert.deepEqual(scoring.removed, [id]);
    assert.deepEqual(world.leases(), []);
    await dispatcher.stop();
  }));

Deno.test("a kill between a cancel and the removal of its score: the next start removes it", () =>
  inWorld(async (world) => {
    const { id } = await leftIn(world, "scoring");
    world.ledger.change(id, "cancelled");
    const removed = Promise.withResolvers<void>();
    let attempts = 0;
    world.scoring.remove = (score): Promise<void> => {
      if (++attempts === 1) return Promise.reject(new Problem("upstream_unavailable", "away"));
      assert.equal(score, id);
      removed.resolve();
      return Promise.resolve();
    };
    const dispatcher = world.createDispatcher();
    await dispatcher.recover();
    assert.deepEqual(world.leases(), [id], "what is not cleared yet is found again");
    await removed.promise;
    assert.deepEqual(await eventually(() => world.leases(), ({ length }) => length === 0), []);
    await dispatcher.stop();
  }));
