import assert from "node:assert/strict";
import type { Outcome } from "../engine/executor.ts";
import { createRetryingExecutor } from "./retrying_executor.ts";
import {
  createScriptedExecutor,
  type ScriptedExecutor,
} from "../../../tests/support/inference/scripted_executor.ts";
import { makeJob } from "../../../tests/support/inference/values.ts";

const AWAY: Outcome<never> = {
  ok: false,
  failure: { type: "container_failed", message: "No Docker engine answers: start it" },
};
const QUICK = { patienceMs: 2000, pauseMs: 5 };

/** An engine that is away for some pings and then is back. */
function engineAway(looks: number): { engine: ScriptedExecutor; answers: () => Promise<boolean> } {
  const engine = createScriptedExecutor();
  engine.script = () => ({ predictions: null });
  let left = looks;
  engine.onStart = () => Promise.resolve(left > 0 ? AWAY : { ok: true, value: undefined });
  return { engine, answers: () => Promise.resolve(left-- <= 0) };
}

Deno.test("an engine that comes back is asked again", async () => {
  const { engine, answers } = engineAway(3);
  const patient = createRetryingExecutor(engine, { answers, hasAnswered: true, ...QUICK });
  assert.ok((await patient.start(makeJob())).ok);
  assert.equal(engine.jobs.length, 2);
});

Deno.test("an engine that was never there is not waited for", async () => {
  const { engine, answers } = engineAway(3);
  const patient = createRetryingExecutor(engine, { answers, hasAnswered: false, ...QUICK });
  assert.deepEqual(await patient.start(makeJob()), AWAY);
});

Deno.test("a failure of the job itself is told at once", async () => {
  const { engine, answers } = engineAway(0);
  const failure = { type: "gpu_unavailable", message: "There is no GPU 7" } as const;
  engine.onStart = () => Promise.resolve({ ok: false, failure });
  const patient = createRetryingExecutor(engine, { answers, hasAnswered: true, ...QUICK });
  assert.deepEqual(await patient.start(makeJob()), { ok: false, failure });
  assert.equal(engine.jobs.length, 1);
});

Deno.test("waiting ends with a cancel, and with the patience", async () => {
  const { engine } = engineAway(1);
  engine.onProvision = () => Promise.resolve(AWAY);
  const never = { answers: () => Promise.resolve(false), hasAnswered: true };
  const cancelled = createRetryingExecutor(engine, { ...never, ...QUICK });
  const model = {} as Parameters<typeof engine.provision>[0];
  assert.deepEqual(await cancelled.provision(model, () => {}, AbortSignal.abort()), AWAY);
  const short = createRetryingExecutor(engine, { ...never, patienceMs: 20, pauseMs: 5 });
  assert.deepEqual(await short.start(makeJob()), AWAY);
});
