import assert from "node:assert/strict";
import {
  explainHopeless,
  explainRefusal,
  explainState,
  isControllerAway,
} from "./slurm_failures.ts";
import type { SlurmJob } from "./slurm_queue.ts";
import { makeJob } from "../../../tests/support/inference/values.ts";

function job(change: Partial<SlurmJob>): SlurmJob {
  const comment = "mammoeval gpus=1 volume=/v";
  return { id: "1", name: "mammoeval-1", state: "PENDING", reason: "None", comment, ...change };
}

Deno.test("what sbatch refuses is told with what was asked for", () => {
  const said =
    "sbatch: error: Batch job submission failed: Requested node configuration is not available";
  const failure = explainRefusal(makeJob({ device: "gpu", gpuCount: 4 }), said);
  assert.equal(failure.type, "gpu_unavailable");
  assert.match(failure.message, /4 GPU, 16g of memory, 2 cores: Batch job.*not available/);
  assert.equal(explainRefusal(makeJob(), said).type, "container_failed");
  assert.match(explainRefusal(makeJob(), "sbatch cannot be started: x").message, /no sbatch/);
});

Deno.test("a controller that is away is told from a refusal", () => {
  assert.ok(
    isControllerAway("sbatch: error: Unable to contact slurm controller (connect failure)"),
  );
  assert.ok(!isControllerAway("sbatch: error: invalid partition specified: nothing"));
});

Deno.test("a job that waits for what cannot be is not waited for", () => {
  assert.equal(explainHopeless(job({ reason: "Resources" })), null);
  assert.equal(explainHopeless(job({ reason: "Priority" })), null);
  assert.equal(explainHopeless(job({ reason: "BadConstraints" }))?.type, "gpu_unavailable");
  assert.match(explainHopeless(job({ reason: "PartitionTimeLimit" }))!.message, /timeout_s/);
});

Deno.test("how Slurm ends jobs becomes a type, or one that is tried again", () => {
  const types = ["TIMEOUT", "OUT_OF_MEMORY", "CANCELLED", "NODE_FAIL", "FAILED"].map((state) =>
    explainState(job({ state }), "")?.type ?? null
  );
  assert.deepEqual(types, ["timed_out", "out_of_memory", "container_failed", null, null]);
  const failed = explainState(
    job({ state: "FAILED" }),
    "job.sh: line 30: docker: command not found",
  );
  assert.match(failed!.message, /node has no docker/);
});
