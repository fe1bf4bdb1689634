import assert from "node:assert/strict";
import { Problem } from "../../../shared/http/mod.ts";
import { inWorld } from "../../../tests/support/inference/world.ts";

const AWAY = new Problem("upstream_unavailable", "The scoring service does not answer");

Deno.test("a scoring service that is away is asked again, not taken for a failure", () =>
  inWorld(async (world) => {
    world.scoring.fault = AWAY;
    const dispatcher = world.createDispatcher();
    await dispatcher.recover();
    const [first, second] = [await world.enqueue(), await world.enqueue()];
    dispatcher.wake();
    await world.until(second.id, ({ status }) => status === "scoring");
    assert.equal(world.ledger.get(first.id)?.status, "scoring", "its device was free for the next");
    world.scoring.fault = null;
    assert.equal((await world.ended(first.id)).status, "succeeded");
    assert.equal((await world.ended(second.id)).status, "succeeded");
    await dispatcher.stop();
  }));

Deno.test("one that waits for scoring can be cancelled, and is left to the next process", () =>
  inWorld(async (world) => {
    world.scoring.fault = AWAY;
    const dispatcher = world.createDispatcher();
    await dispatcher.recover();
    const [first, second] = [await world.enqueue(), await world.enqueue()];
    dispatcher.wake();
    await world.until(second.id, ({ status }) => status === "scoring");
    assert.equal((await dispatcher.cancel(first.id))?.status, "cancelled");
    await dispatcher.stop();
    assert.equal(world.ledger.get(second.id)?.status, "scoring");
    assert.equal(world.leases().length, 1, "its dataset is still in use");
    world.scoring.fault = null;
    const next = world.createDispatcher();
    await next.recover();
    assert.equal((await world.ended(second.id)).status, "succeeded");
    await next.stop();
    assert.deepEqual(world.leases(), []);
  }));

Deno.test("scoring waits for room on a full volume and for its user's other computations; a damaged file is not waited for", () =>
  inWorld(async (world) => {
    const full = new Problem("unavailable", "full", { reason: "disk_full" });
    const crowd = new Problem("too_many_requests", "64 of your computations are waiting");
    const faults: Error[] = [full, crowd, new Error("No space left on device (os error 28)")];
    world.scoring.score = ({ evaluation }): Promise<string> => {
      const fault = faults.pop();
      return fault === undefined ? Promise.resolve(evaluation) : Promise.reject(fault);
    };
    const dispatcher = world.createDispatcher();
    await dispatcher.recover();
    const { id } = await world.enqueue();
    dispatcher.wake();
    assert.equal((await world.ended(id)).status, "succeeded");
    assert.equal(faults.length, 0);
    faults.push(new Problem("unavailable", "dataset.json is cut", { reason: "damaged" }));
    const next = await world.enqueue();
    dispatcher.wake();
    assert.equal((await world.ended(next.id)).error?.type, "scoring_failed");
    await dispatcher.stop();
  }));
