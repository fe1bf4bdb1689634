import assert from "node:assert/strict";
import { join } from "node:path";
import { startEmbedded } from "../support/embedded_service.ts";
import { engineTest } from "../support/engine.ts";
import { ended, evaluate, reached, registerSample, submit } from "../support/evaluations.ts";
import { type Json, sendJson } from "../support/http.ts";
import { startOwnEngine } from "../support/own_engine.ts";
import { startServiceProcess } from "../support/service_process.ts";
import { temporaryFolder } from "../support/temporary_folder.ts";
import { GOOD_ROWS, makeToyModel, WAIT_FOR_GO } from "../support/toy_model.ts";

await engineTest("each GPU has its queue", async (t) => {
  await using model = await makeToyModel({ script: `${WAIT_FOR_GO}\n${GOOD_ROWS}` });
  await using service = await startEmbedded({
    MAMMOEVAL_EXECUTOR: "docker",
    MAMMOEVAL_GPUS: "0,1",
    MAMMOEVAL_MODELS: model.root,
    MAMMOEVAL_DISK_FREE: "1k",
  });
  const { url, home } = service;
  await registerSample(url);
  const start = (gpu: Json, more: Json = {}): Promise<Json> =>
    submit(url, model.name, { device: "gpu", gpu, ...more });
  const letGo = (id: string): Promise<void> =>
    Deno.writeTextFile(join(home!, "work", id, "predictions", "go"), "");
  const statusOf = async (id: string): Promise<string> =>
    (await sendJson(`${url}/v1/evaluations/${id}`, "GET")).body.status;

  await t.step("two on one GPU: the second waits", async () => {
    const [first, second] = [await start(1), await start(1)];
    await reached(url, first.id, "running");
    assert.equal(await statusOf(second.id), "queued");
    await letGo(first.id);
    await ended(url, first.id);
    await reached(url, second.id, "running");
    await letGo(second.id);
    assert.equal((await ended(url, second.id)).status, "succeeded");
  });

  await t.step("on two GPUs they run together; one that wants both is not overtaken", async () => {
    const [first, second] = [await start(0), await start("auto")];
    await reached(url, first.id, "running");
    const running = await reached(url, second.id, "running");
    assert.deepEqual(running.provenance.gpus, [1]);
    const both = await start([0, 1]);
    const late = await start(0);
    await letGo(first.id);
    await ended(url, first.id);
    assert.deepEqual([await statusOf(both.id), await statusOf(late.id)], ["queued", "queued"]);
    await letGo(second.id);
    await reached(url, both.id, "running");
    assert.equal(await statusOf(late.id), "queued");
    await letGo(both.id);
    await reached(url, late.id, "running");
    await letGo(late.id);
    assert.equal((await ended(url, late.id)).status, "succeeded");
  });
}, { gpus: true });

await engineTest("an engine without the GPU toolkit says what to install", async () => {
  await using engine = await startOwnEngine({ path: "/usr/sbin:/usr/bin:/sbin:/bin" });
  await using model = await makeToyModel({ script: GOOD_ROWS });
  await using stack = new AsyncDisposableStack();
  const folder = await temporaryFolder(stack, "mammoeval-test-");
  await using service = await startServiceProcess({
    home: join(folder, "home"),
    environment: {
      ...engine.environment,
      MAMMOEVAL_EXECUTOR: "docker",
      MAMMOEVAL_GPUS: "0",
      MAMMOEVAL_MODELS: model.root,
      MAMMOEVAL_DISK_FREE: "1k",
    },
  });
  await registerSample(service.url);
  const { status, error } = await evaluate(service.url, model.name, { device: "gpu", gpu: 0 });
  assert.deepEqual([status, error.type, error.stage], ["failed", "gpu_unavailable", "building"]);
  assert.match(error.message, /install the NVIDIA Container Toolkit.*nvidia-ctk/);
  const cpu = await evaluate(service.url, model.name);
  assert.equal(cpu.status, "succeeded", JSON.stringify(cpu.error));
}, { ownEngine: true });
