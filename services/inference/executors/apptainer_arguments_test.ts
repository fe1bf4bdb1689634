import assert from "node:assert/strict";
import { makeJob } from "../../../tests/support/inference/values.ts";
import { apptainerArguments, readUsage } from "./apptainer_arguments.ts";

const PLACES = {
  image: "/v/a.sif",
  nothing: "/w/nothing",
  overlay: "/w/overlay",
  temporary: "/w/t",
};

Deno.test("a job becomes exactly this command, everything of the host left out", () => {
  const job = makeJob();
  const args = apptainerArguments(job, PLACES);
  const mounts = args.filter((_, index) => args[index - 1] === "--mount");
  assert.deepEqual(
    args.filter((argument) => !mounts.includes(argument) && argument !== "--mount"),
    [
      ...["--silent", "exec", "--containall", "--no-home", "--no-mount", "sys,hostfs,bind-paths"],
      ...[
        "--no-privs",
        "--net",
        "--network",
        "none",
        "--overlay",
        "/w/overlay",
        "--workdir",
        "/w/t",
      ],
      ...["--env", "MAMMOEVAL_CPUS=2", "--env", "PYTHONUNBUFFERED=1"],
      ...["--env", "BASH_ENV=/etc/mammoeval/environment.sh", "--env", "CUDA_VISIBLE_DEVICES="],
      ...["--pwd", job.workingFolder, "/v/a.sif", "bash", ...job.arguments],
    ],
  );
  assert.equal(mounts.length, job.mounts.length + 1);
  assert.equal(mounts[0], "type=bind,source=/data/images,destination=/home/images,ro");
  assert.equal(mounts.at(-1), "type=bind,source=/w/nothing,destination=/etc/resolv.conf,ro");
});

Deno.test("a GPU is there only if asked for, named as it was granted", () => {
  const args = apptainerArguments({ ...makeJob(), device: "gpu", gpus: [1, 3] }, PLACES);
  assert.ok(args.includes("--nv"));
  assert.ok(args.includes("CUDA_VISIBLE_DEVICES=1,3"));
});

Deno.test("a read-only root has no layer to write to, and a path with a comma stays one", () => {
  const mounts = [{ source: '/a,b "c"', target: "/home/images", readOnly: false }];
  const args = apptainerArguments({ ...makeJob(), readOnlyRoot: true, mounts }, PLACES);
  assert.ok(!args.includes("--overlay"));
  assert.ok(args.includes('type=bind,"source=/a,b ""c""",destination=/home/images'));
});

Deno.test("memory that was not measured yet is unknown, not 0", () => {
  assert.deepEqual(readUsage("0 0 0 0\n"), { memoryBytes: null, cpuSeconds: 0, processes: 0 });
  assert.deepEqual(readUsage("5 9 3 2\n"), { memoryBytes: 9, cpuSeconds: 3, processes: 2 });
});
