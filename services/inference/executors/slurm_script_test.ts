import assert from "node:assert/strict";
import fc from "fast-check";
import { runCommand } from "../engine/command.ts";
import { slurmFiles, slurmScript } from "./slurm_script.ts";
import { sbatchArguments } from "./slurm_executor.ts";
import { makeJob } from "../../../tests/support/inference/values.ts";

/** A docker that only logs its arguments, one per line. */
const PRETENDED_DOCKER = `#!/bin/bash
printf '%s\\n' "--call--" "$@" >>"$(dirname "$0")/calls"
[ "$1" != inspect ] || echo '{"Status":"exited","ExitCode":0,"OOMKilled":false,"Error":""}'
`;

/** Runs a script as Slurm would, with a pretended docker, and returns docker's calls. */
async function callsOf(
  change: Parameters<typeof makeJob>[0],
  environment: Record<string, string> = {},
): Promise<{ calls: string[][]; end: string; started: string }> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/docker`, PRETENDED_DOCKER, { mode: 0o755 });
    const files = slurmFiles(folder);
    const script = slurmScript(makeJob(change), files, `${folder}/image.tar`)
      .replace(/^export PATH=/m, `export PATH=${folder}:`);
    await Deno.writeTextFile(files.script, script);
    const { exitCode, stderr } = await runCommand("bash", [files.script], {
      environment: { PATH: "/usr/bin:/bin", ...environment },
    });
    assert.equal(exitCode, 0, stderr);
    const calls = (await Deno.readTextFile(`${folder}/calls`)).split("--call--\n").slice(1);
    return {
      calls: calls.map((call) => call.split("\n").slice(0, -1)),
      end: await Deno.readTextFile(files.end),
      started: await Deno.readTextFile(files.started),
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("the script runs the job's container on the GPUs that Slurm grants, and removes it", async () => {
  const job = { device: "gpu", gpuCount: 2 } as const;
  const { calls, end, started } = await callsOf(job, { SLURM_JOB_GPUS: "0,2" });
  const run = calls.find(([verb]) => verb === "run")!;
  assert.equal(run[run.indexOf("--gpus") + 1], '"device=0,2"');
  assert.ok(run.includes("--detach") && run.includes("--cap-drop"));
  assert.equal(calls.at(-1)![0], "rm");
  assert.equal(JSON.parse(end).Status, "exited");
  assert.match(started, /^\d{4}-\d\d-\d\dT[\d:.]+Z 0,2\n$/);
});

Deno.test("on cpu no GPU is asked for, whatever Slurm says", async () => {
  const { calls } = await callsOf({}, { SLURM_JOB_GPUS: "1" });
  assert.ok(!calls.flat().includes("--gpus"));
});

Deno.test("text of a request stays one argument, whatever a shell would make of it", async () => {
  const nasty = ["$(touch /tmp/x)", "`id`", "a'b", '"', "; exit 3", "*", "a b", "\\", "-x", "ü"];
  const { calls } = await callsOf({ arguments: ["predict.sh", ...nasty] });
  assert.deepEqual(calls.find(([verb]) => verb === "run")!.slice(-nasty.length), nasty);
});

Deno.test("property: what a path holds reaches docker unchanged", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "grapheme", maxLength: 20 }), async (text) => {
      const name = text.replaceAll(/[\n\0]/g, "");
      const { calls } = await callsOf({ workingFolder: `/home/${name}` });
      assert.ok(calls.find(([verb]) => verb === "run")!.includes(`/home/${name}`));
    }),
    { numRuns: 20 },
  );
});

Deno.test("sbatch is asked for what the job may have", () => {
  const job = makeJob({ device: "gpu", gpuCount: 2, timeoutS: 61 });
  const args = sbatchArguments(job, slurmFiles("/v/work/1/slurm"), { volume: "/v", choices: {} });
  for (
    const argument of [
      "--job-name=mammoeval-0190a000-0000-7000-8000-000000000001",
      "--comment=mammoeval gpus=2 volume=/v",
      "--gres=gpu:2",
      "--mem=16384M",
      "--cpus-per-task=2",
      "--time=2",
      "--requeue",
    ]
  ) assert.ok(args.includes(argument), argument);
  assert.ok(
    !sbatchArguments(makeJob(), slurmFiles("/x"), { volume: "/v", choices: {} }).join().includes(
      "--gres",
    ),
  );
});
