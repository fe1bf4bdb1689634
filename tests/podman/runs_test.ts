import assert from "node:assert/strict";
import { join } from "node:path";
import {
  ended,
  evaluate,
  logged,
  logOf,
  reached,
  registerSample,
  submit,
} from "../support/evaluations.ts";
import { eventually } from "../support/eventually.ts";
import { sendJson } from "../support/http.ts";
import { podmanTest, startPodmanSite } from "../support/podman.ts";
import { GOOD_ROWS, makeToyModel, WAIT_FOR_GO } from "../support/toy_model.ts";

/** Does what the experiment is called. */
const SCRIPT = String.raw`
case $4 in
  bar) printf '\r 50%%|####    | 2/4 [00:01<00:01]'; ${WAIT_FOR_GO}; printf '\r100%%|########| 4/4 [00:02<00:00]\n' ;;
  killed) for i in $(seq 20); do printf 'line '; printf "$i\n"; done; ${WAIT_FOR_GO}; printf 'last words' ;;
  long) sleep 600 ;;
esac
${GOOD_ROWS}
`;

await podmanTest(
  "podman without root builds, runs, shows progress, goes on without the service, and its files are the user's",
  async (stack) => {
    const model = stack.use(await makeToyModel({ script: SCRIPT }));
    const site = await startPodmanSite(stack, [model]);
    await registerSample(site.url);
    const goOn = (id: string): Promise<void> =>
      Deno.writeTextFile(join(site.home, "work", id, "predictions", "go"), "");

    const bar = await submit(site.url, model.name, { experiment: "bar" });
    const half = await eventually(
      async () => (await sendJson(`${site.url}/v1/evaluations/${bar.id}`, "GET")).body,
      ({ progress, status }) => progress?.done === 2 || status === "failed",
    );
    assert.equal(half.progress.done, 2, JSON.stringify(half.error));
    await goOn(bar.id);
    const done = await ended(site.url, bar.id);
    assert.equal(done.status, "succeeded", JSON.stringify(done.error));
    assert.equal(done.provenance.executor, "podman");
    assert.match(done.provenance.image.digest, /^sha256:[0-9a-f]{64}$/);
    const { body: images } = await sendJson(`${site.url}/v1/images`, "GET");
    assert.deepEqual(
      images.items.map((
        { digest, current }: { digest: string; current: boolean },
      ) => [digest, current]),
      [[done.provenance.image.digest, true]],
    );

    const { id } = await submit(site.url, model.name, { experiment: "killed" });
    await logged(site.url, id, /line 20/);
    await site.kill();
    await goOn(id);
    await site.start();
    const evaluation = await ended(site.url, id);
    assert.equal(evaluation.status, "succeeded", JSON.stringify(evaluation.error));
    assert.equal(evaluation.provenance.attempt, 1);
    const lines = (await logOf(site.url, id)).filter((line) => /^l(ine|ast) /.test(line));
    assert.deepEqual(lines, [
      ...Array.from({ length: 20 }, (_, index) => `line ${index + 1}`),
      "last words",
    ]);
    const predictions = join(site.home, "results", "killed", model.name, id);
    for await (const { name } of Deno.readDir(predictions)) {
      assert.equal((await Deno.stat(join(predictions, name))).uid, site.uid, name);
    }

    const long = await submit(site.url, model.name, { experiment: "long" });
    await reached(site.url, long.id, "running");
    await sendJson(`${site.url}/v1/evaluations/${long.id}/cancel`, "POST");
    assert.equal((await ended(site.url, long.id)).status, "cancelled");
    const left = await eventually(
      () => site.podman("ps", "--all", "--quiet"),
      (ids) => ids === "",
    );
    assert.equal(left, "", "no container stays");
  },
);

await podmanTest(
  "podman gives the granted GPUs by CDI, and names one that is not there",
  async (stack) => {
    const script = `echo "gpus \${PRETENDED_GPU_0:-no} \${PRETENDED_GPU_1:-no}"\n${GOOD_ROWS}`;
    const model = stack.use(await makeToyModel({ script }));
    const site = await startPodmanSite(stack, [model], { MAMMOEVAL_GPUS: "0,1,7" });
    await registerSample(site.url);
    for (
      const [request, seen] of [
        [{ device: "gpu", gpu: 1 }, "gpus no yes"],
        [{ device: "gpu", gpu: [0, 1] }, "gpus yes yes"],
        [{ device: "cpu" }, "gpus no no"],
      ] as const
    ) {
      const evaluation = await evaluate(site.url, model.name, request);
      assert.equal(evaluation.status, "succeeded", JSON.stringify(evaluation.error));
      assert.ok((await logOf(site.url, evaluation.id)).includes(seen), seen);
    }
    const { error } = await evaluate(site.url, model.name, { device: "gpu", gpu: 7 });
    assert.equal(error.type, "gpu_unavailable");
    assert.match(error.message, /no GPU 7.*nvidia-ctk cdi/);
  },
);
