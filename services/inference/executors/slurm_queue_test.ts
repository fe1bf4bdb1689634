import assert from "node:assert/strict";
import { readJobs } from "./slurm_queue.ts";

Deno.test("jobs are read as squeue and sacct print them", () => {
  const text = [
    "12|mammoeval-a|PENDING|Resources|mammoeval gpus=1 volume=/v|with a bar",
    "13|other|RUNNING|None|(null)",
    "14.batch|batch|COMPLETED|0:0|",
    "15|mammoeval-b|CANCELLED by 0|0:15|",
    "",
  ].join("\n");
  const jobs = readJobs(text);
  assert.deepEqual(jobs.map(({ id, state }) => [id, state]), [
    [12, "PENDING"],
    [13, "RUNNING"],
    [15, "CANCELLED"],
  ]);
  assert.equal(jobs[0]!.comment, "mammoeval gpus=1 volume=/v|with a bar");
});
