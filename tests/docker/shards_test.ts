import assert from "node:assert/strict";
import { join } from "node:path";
import { docker, engineTest } from "../support/engine.ts";
import { ended, logOf, submit } from "../support/evaluations.ts";
import { type Json, sendJson } from "../support/http.ts";
import { SCORES_BY_NAME, writeNamedExams } from "../support/named_exams.ts";
import { startServiceProcess } from "../support/service_process.ts";
import { temporaryFolder } from "../support/temporary_folder.ts";
import { makeToyModel } from "../support/toy_model.ts";

/** Waits for the test; its second part fails at the first attempt. */
const SCRIPT = `
PAUSE=0
echo "gpu <\${NVIDIA_VISIBLE_DEVICES:-none}>"
until [ -e "$(dirname "$3")/go" ]; do sleep 0.05; done
if grep -aq case003 "$1" && [ ! -e "$(dirname "$3")/failed" ]; then touch "$(dirname "$3")/failed"; exit 3; fi
${SCORES_BY_NAME}`;

await engineTest(
  "parts run on one GPU each; a killed service goes on, a failed part runs again alone",
  async () => {
    await using stack = new AsyncDisposableStack();
    const folder = await temporaryFolder(stack, "mammoeval-test-shards-");
    const model = stack.use(await makeToyModel({ script: SCRIPT }));
    const order = await writeNamedExams(folder);
    const service = stack.use(
      await startServiceProcess({
        home: join(folder, "home"),
        environment: {
          MAMMOEVAL_EXECUTOR: "docker",
          MAMMOEVAL_GPUS: "0,1",
          MAMMOEVAL_MODELS: model.root,
          MAMMOEVAL_DATA_ROOTS: folder,
          MAMMOEVAL_DISK_FREE: "1k",
        },
      }),
    );
    const { url, home } = service;
    await sendJson(`${url}/v1/datasets`, "POST", order, { prefer: "wait=60" });
    const { id } = await submit(url, model.name, {
      ...{ device: "gpu", shards: 8, exams_independent: true },
    });
    const evaluation = async (): Promise<Json> =>
      (await sendJson(`${url}/v1/evaluations/${id}`, "GET")).body;
    const letGo = async (): Promise<void> => {
      for (let part = 1; part <= 8; part++) {
        await Deno.writeTextFile(join(home, "work", id, `parts/${part}/predictions/go`), "")
          .catch(() => {});
      }
    };
    const started = async (): Promise<string[]> =>
      (await logOf(url, id)).filter((line) => line.includes("gpu <")).toSorted();
    while ((await started()).length < 2) {
      assert.equal((await evaluation()).finished_at, null, JSON.stringify(await evaluation()));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.deepEqual(
      (await started()).map((line) => line.replace(/^part (\d): /, "$1 ")),
      ["1 gpu <0>", "2 gpu <1>"],
    );
    await service.kill();
    await service.start();
    assert.equal((await evaluation()).status, "running");
    while ((await evaluation()).finished_at === null) {
      await letGo();
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const { status, error, shards } = await ended(url, id);
    assert.equal(status, "succeeded", JSON.stringify(error));
    assert.deepEqual(
      shards.map(({ status, attempts }: Json) => [status, attempts]),
      Array.from({ length: 8 }, (_, at) => ["succeeded", at === 1 ? 2 : 1]),
    );
    assert.ok(shards.every(({ gpus }: Json) => gpus.length === 1));
    const rows = (await (await fetch(`${url}/v1/evaluations/${id}/predictions.csv`)).text())
      .trim().split("\n");
    assert.deepEqual(
      rows.slice(1).map((row) => row.split(",")[0]),
      Array.from({ length: 24 }, (_, at) => `case${String(at).padStart(3, "0")}`),
    );
    assert.equal(await docker("ps", "--all", "--quiet", "--filter", `name=${id}`), "");
    assert.deepEqual([...Deno.readDirSync(join(home, "work"))], []);
  },
  { gpus: true },
);
