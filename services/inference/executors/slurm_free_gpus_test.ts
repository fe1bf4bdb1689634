import assert from "node:assert/strict";
import { countFree, createFreeGpus } from "./slurm_free_gpus.ts";

const LINES = [
  "node1|gpu*|mixed|gpu:a100:2(S:0-1),gpu:t4:1|gpu:a100:1(IDX:0),gpu:t4:0(IDX:N/A)|",
  "node1|urgent|mixed|gpu:a100:2(S:0-1),gpu:t4:1|gpu:a100:1(IDX:0),gpu:t4:0(IDX:N/A)|",
  "node2|gpu*|idle|gpu:4|gpu:0|",
  "node3|gpu*|down*|gpu:a100:8|gpu:a100:0|",
  "node4|urgent|idle|gpu:a100:3|gpu:a100:0(IDX:N/A)|",
  "node5|gpu*|idle|(null)|gpu:0|",
].join("\n");

Deno.test("free GPUs are those of open nodes of the partition, of the type, and each node counts once", () => {
  assert.equal(countFree(LINES), 1 + 1 + 4);
  assert.equal(countFree(LINES, undefined, "a100"), 1);
  assert.equal(countFree(LINES, "urgent"), 2 + 3);
  assert.equal(countFree(LINES, "gpu,urgent", "a100"), 1 + 3);
  assert.equal(countFree("", "gpu"), 0);
});

Deno.test("models share one question; a model's partition comes before that of all", async () => {
  let asked = 0;
  let exitCode = 0;
  const run = (): Promise<{ exitCode: number; stdout: string; stderr: string }> => {
    asked++;
    return Promise.resolve({ exitCode, stdout: LINES, stderr: "" });
  };
  const create = (): ReturnType<typeof createFreeGpus> =>
    createFreeGpus(
      { toy: { partition: "gpu", gpu_type: "t4" } },
      ["--partition=urgent"],
      run as unknown as Parameters<typeof createFreeGpus>[2],
    );
  const free = create();
  assert.deepEqual(await Promise.all([free("toy"), free("other"), free("toString")]), [1, 5, 5]);
  assert.equal(asked, 1);
  exitCode = 1;
  assert.equal(await create()("toy"), null);
});
