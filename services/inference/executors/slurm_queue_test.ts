import assert from "node:assert/strict";
import { ANSWER_MS, createSlurmQueue, readJobs } from "./slurm_queue.ts";

Deno.test("jobs are read as squeue and sacct print them", () => {
  const text = [
    "12|mammoeval-a|PENDING|Resources|mammoeval gpus=1 volume=/v|with a bar",
    "13|other|RUNNING|None|(null)",
    "14.batch|batch|COMPLETED|0:0|",
    "16_3|mammoeval-c|RUNNING|None|",
    "16_[4-7]|mammoeval-c|PENDING|Priority|",
    "15|mammoeval-b|CANCELLED by 0|0:15|",
    "",
  ].join("\n");
  const jobs = readJobs(text);
  assert.deepEqual(jobs.map(({ id, name, state }) => [id, name, state]), [
    ["12", "mammoeval-a", "PENDING"],
    ["13", "other", "RUNNING"],
    ["16_3", "mammoeval-c.p3", "RUNNING"],
    ["15", "mammoeval-b", "CANCELLED"],
  ]);
  assert.equal(jobs[0]!.comment, "mammoeval gpus=1 volume=/v|with a bar");
});

Deno.test("followers share one question to the controller and one to accounting in five seconds", async () => {
  let clock = 0;
  const asked: string[] = [];
  const queue = createSlurmQueue((program) => {
    asked.push(program);
    const stdout = program === "squeue" ? "" : "7|gone|COMPLETED|0:0|\n";
    return Promise.resolve({ exitCode: 0, stdout, stderr: "", durationMs: 0, aborted: false });
  }, () => clock);
  const looks = (): Promise<unknown> =>
    Promise.all(Array.from({ length: 9 }, () => queue.find("gone")));
  await looks();
  clock += ANSWER_MS;
  await looks();
  assert.deepEqual(asked, ["squeue", "sacct"]);
  assert.equal(ANSWER_MS, 5000);
  clock += 1;
  await looks();
  assert.deepEqual(asked, ["squeue", "sacct", "squeue", "sacct"]);
});
