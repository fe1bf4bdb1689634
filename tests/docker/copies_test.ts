import assert from "node:assert/strict";
import { DOCKER } from "../../services/inference/engine/container_engine.ts";
import type { ContainerOwner } from "../../services/inference/executors/container_owner.ts";
import {
  EVALUATION_LABEL,
  VOLUME_LABEL,
} from "../../services/inference/engine/docker_arguments.ts";
import { createDockerExecutor } from "../../services/inference/executors/docker_executor.ts";
import type { Executor } from "../../services/inference/engine/executor.ts";
import { makeJob } from "../support/inference/values.ts";
import { docker, engineTest, TINY_IMAGE } from "../support/engine.ts";

function executorOf(owner: ContainerOwner): Executor {
  const contexts = { plan: () => assert.fail(), prepare: () => assert.fail() } as never;
  return createDockerExecutor(DOCKER, contexts, owner, () => Promise.resolve(0));
}

/** A job that goes on until it is ended. */
function endlessJob(): ReturnType<typeof makeJob> {
  const id = crypto.randomUUID();
  return makeJob({
    ...{ id, image: TINY_IMAGE, mounts: [], workingFolder: "/" },
    labels: { [EVALUATION_LABEL]: id },
    arguments: ["-c", "sleep infinity"],
  });
}

async function isRunning(id: string): Promise<boolean> {
  return (await docker("ps", "--quiet", "--filter", `name=mammoeval-${id}`)) !== "";
}

await engineTest(
  "copies of a volume, and volumes of one path on two machines, leave each other's containers alone",
  async () => {
    const owner = { path: `/nowhere/${crypto.randomUUID()}`, id: "0123456789abcdef" };
    const ours = executorOf(owner);
    const others = [
      executorOf({ ...owner, path: `${owner.path}-copy` }),
      executorOf({ ...owner, id: "fedcba9876543210" }),
    ];
    const job = endlessJob();
    const old = endlessJob();
    try {
      assert.ok((await ours.start(job)).ok);
      // As an earlier version has labelled it.
      const labels = ["--label", `${VOLUME_LABEL}=${owner.path}`];
      const evaluation = ["--label", `${EVALUATION_LABEL}=${old.id}`];
      const name = ["--name", `mammoeval-${old.id}`];
      const run = ["run", "--detach", ...name, ...labels, ...evaluation, "--entrypoint", "sleep"];
      await docker(...run, TINY_IMAGE, "infinity");
      for (const other of others) {
        assert.ok(!(await other.known()).includes(job.id));
        await other.stop(job.id);
        await other.remove(job.id);
        const again = await other.start(job);
        assert.ok(!again.ok);
        assert.match(again.failure.message, /another volume.*a copy/);
      }
      assert.ok(await isRunning(job.id), "nobody has ended it");
      assert.ok((await ours.known()).includes(job.id));
      assert.ok((await ours.known()).includes(old.id), "one without an id belongs to the path");
      await ours.remove(job.id);
      await ours.remove(old.id);
      assert.deepEqual([await isRunning(job.id), await isRunning(old.id)], [false, false]);
    } finally {
      for (const { id } of [job, old]) await ours.remove(id);
    }
  },
);
