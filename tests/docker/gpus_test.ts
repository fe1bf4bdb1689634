import assert from "node:assert/strict";
import { startEmbedded } from "../support/embedded_service.ts";
import { docker, engineTest } from "../support/engine.ts";
import { ended, evaluate, logOf, registerSample, submit } from "../support/evaluations.ts";
import { assertProblem, sendJson } from "../support/http.ts";
import { GOOD_ROWS, makeToyModel } from "../support/toy_model.ts";

/** The toolkit, real or pretended, is told the devices by this variable. */
const SCRIPT = `echo "device $5, gpus \${NVIDIA_VISIBLE_DEVICES:-none}"\n${GOOD_ROWS}`;

await engineTest("the chosen gpu reaches the container, and never becomes a cpu", async (t) => {
  await using model = await makeToyModel({ script: SCRIPT });
  // Nothing is known of GPUs here, as in a container without nvidia-smi: the engine has to say.
  await using service = await startEmbedded({
    MAMMOEVAL_EXECUTOR: "docker",
    MAMMOEVAL_MODELS: model.root,
    MAMMOEVAL_GPUS: "",
  });
  const { url } = service;
  await registerSample(url);

  await t.step("by its index, by several, by auto; none on cpu", async () => {
    const asked: readonly [request: Record<string, unknown>, seen: string][] = [
      [{ device: "gpu", gpu: 1 }, "device gpu, gpus 1"],
      [{ device: "GPU", gpu: [0, 1] }, "device gpu, gpus 0,1"],
      [{ device: "gpu", gpu: "auto" }, "device gpu, gpus 0"],
      [{ device: "cpu", gpu: 1 }, "device cpu, gpus void"],
    ];
    for (const [request, seen] of asked) {
      const evaluation = await evaluate(url, model.name, request);
      assert.equal(evaluation.status, "succeeded", JSON.stringify(evaluation.error));
      assert.ok((await logOf(url, evaluation.id)).includes(seen), seen);
    }
  });

  await t.step("an index that is not there fails and starts nothing on cpu", async () => {
    const { id, status, error } = await evaluate(url, model.name, { device: "gpu", gpu: 7 });
    assert.deepEqual([status, error.type], ["failed", "gpu_unavailable"]);
    assert.match(error.message, /no GPU 7/);
    assert.ok(!(await logOf(url, id)).some((line) => line.startsWith("device ")));
    const left = await docker("ps", "--all", "--quiet", "--filter", `name=mammoeval-${id}`);
    assert.equal(left, "");
  });
}, { gpus: true });

await engineTest(
  "where the gpus are known, another one is refused before anything runs",
  async () => {
    await using model = await makeToyModel({ script: SCRIPT });
    await using service = await startEmbedded({
      MAMMOEVAL_EXECUTOR: "docker",
      MAMMOEVAL_MODELS: model.root,
      MAMMOEVAL_GPUS: "1",
    });
    const { url } = service;
    await registerSample(url);
    const request = { model: model.name, experiment: "e", dataset: "sample", device: "gpu" };
    const refused = await sendJson(`${url}/v1/evaluations`, "POST", { ...request, gpu: 0 });
    assertProblem(refused, 422, "gpu_unavailable");
    const two = await Promise.all(
      [1, 2].map(() => submit(url, model.name, { device: "gpu", gpu: "auto" })),
    );
    for (const { id } of two) {
      assert.equal((await ended(url, id)).status, "succeeded");
      assert.ok((await logOf(url, id)).includes("device gpu, gpus 1"));
    }
  },
  { gpus: true },
);
