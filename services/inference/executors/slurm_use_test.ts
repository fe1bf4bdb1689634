import assert from "node:assert/strict";
import { createSlurmAccounting, readUse } from "./slurm_use.ts";

const ROWS = [
  "7|COMPLETED|00:10.500||",
  "7.batch|COMPLETED|00:10.500|217071616|cpu=00:00:10,gres/gpumem=3M,mem=217071616",
  "8|CANCELLED by 0|1-02:03:04||",
  "8.batch|CANCELLED|1-02:03:04|5K|",
].join("\n");

Deno.test("processor time adds up over the jobs, memory is the largest of one", () => {
  assert.deepEqual(readUse(ROWS), {
    memoryBytes: 217_071_616,
    cpuSeconds: 10.5 + 86_400 + 7384,
    gpuMemoryBytes: 3 * 1024 ** 2,
    unknown: {},
  });
  const short = readUse("7|COMPLETED|00:00.010||")!;
  assert.equal(short.memoryBytes, null);
  assert.deepEqual(Object.keys(short.unknown), ["peak_memory_bytes", "peak_gpu_memory_bytes"]);
  assert.deepEqual([readUse(""), readUse("7|RUNNING|00:00:00||")], [null, null]);
});

Deno.test("accounting is asked until the job has ended in it, and once where there is none", async () => {
  const waits: number[] = [];
  const wait = (ms: number): Promise<void> => Promise.resolve(void waits.push(ms));
  const answers = ["7|RUNNING|00:00:00||", ROWS];
  const done = { exitCode: 0, stderr: "", durationMs: 0, aborted: false };
  const there = createSlurmAccounting(
    () => Promise.resolve({ ...done, stdout: answers.shift()! }),
    wait,
  );
  assert.equal((await there.use(["a"])).unknown["cpu_s"], undefined);
  assert.deepEqual(waits, [2000, 5000]);

  let asked = 0;
  const stderr = "Slurm accounting storage is disabled";
  const missing = createSlurmAccounting(() => {
    asked++;
    return Promise.resolve({ ...done, exitCode: 1, stdout: "", stderr });
  }, wait);
  for (let times = 0; times < 2; times++) {
    assert.match((await missing.use(["a"])).unknown["cpu_s"]!, /no accounting/);
  }
  assert.equal(asked, 1);
});
