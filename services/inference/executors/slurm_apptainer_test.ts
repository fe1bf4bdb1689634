import assert from "node:assert/strict";
import { makeJob } from "../../../tests/support/inference/values.ts";
import { runCommand } from "../engine/command.ts";
import { apptainerOnNodes } from "./slurm_apptainer.ts";
import { type SlurmFiles, slurmFiles } from "./slurm_script.ts";

/** An apptainer that only prints its arguments and what it finds, one per line. */
const PRETENDED_APPTAINER = `#!/bin/bash
printf '%s\\n' "$@" "home $HOME" "secret \${SECRET:-none}"
`;

/** Runs a job's script as Slurm would, on a node whose /tmp is a folder of the test. */
async function runOnNode(
  change: Parameters<typeof makeJob>[0],
  environment: Record<string, string>,
  check: (ran: { files: SlurmFiles; node: string; exitCode: number }) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const [files, node] = [slurmFiles(`${folder}/slurm`), `${folder}/node`];
    for (const path of [files.folder, node, `${folder}/programs`]) await Deno.mkdir(path);
    await Deno.writeTextFile(`${folder}/programs/apptainer`, PRETENDED_APPTAINER, { mode: 0o755 });
    const job = makeJob({ ...change, user: { uid: Deno.uid()!, gid: Deno.gid()! } });
    const script = await apptainerOnNodes(() => "/images/a b.sif").prepare(job, files);
    assert.ok(script.ok);
    const text = script.value.replace(/^export PATH=/m, `export PATH=${folder}/programs:`);
    await Deno.writeTextFile(files.script, text);
    const { exitCode } = await runCommand("bash", [files.script], {
      environment: { PATH: "/usr/bin:/bin", TMPDIR: node, SECRET: "of the node", ...environment },
    });
    await check({ files, node, exitCode });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("the script runs the SIF file under the supervisor, and leaves nothing on the node", async () => {
  const nasty = ["$(touch /tmp/x)", "a'b", "; exit 3", "*", "--workdir", '"$scratch/overlay"'];
  const job = { arguments: ["predict.sh", ...nasty], device: "gpu", gpuCount: 2 } as const;
  const granted = { SLURM_JOB_GPUS: "1,2", CUDA_VISIBLE_DEVICES: "0,1" };
  await runOnNode(job, granted, async ({ files, node, exitCode }) => {
    assert.equal(exitCode, 0);
    const lines = (await Deno.readTextFile(files.log)).trimEnd().split("\n")
      .map((line) => line.slice(line.indexOf(" ") + 1));
    const image = lines.indexOf("/images/a b.sif");
    assert.deepEqual(lines.slice(image + 1, -2), ["bash", "predict.sh", ...nasty]);
    assert.ok(lines.includes("CUDA_VISIBLE_DEVICES=0,1") && lines.includes("--nv"));
    assert.ok(lines[lines.indexOf("--workdir") + 1]!.startsWith(`${node}/mammoeval-`));
    assert.match(lines.at(-2)!, new RegExp(`^home ${node}/mammoeval-`));
    assert.equal(lines.at(-1), "secret none");
    assert.equal(JSON.parse(await Deno.readTextFile(files.end)).ExitCode, 0);
    assert.match(await Deno.readTextFile(files.started), /^\d{4}-\S+Z 1,2\n$/);
    assert.deepEqual([...Deno.readDirSync(node)], []);
  });
});

Deno.test("on cpu no GPU is named, whatever Slurm says", async () => {
  await runOnNode({}, { CUDA_VISIBLE_DEVICES: "3" }, async ({ files }) => {
    const log = await Deno.readTextFile(files.log);
    assert.match(log, / CUDA_VISIBLE_DEVICES=\n/);
    assert.doesNotMatch(log, /--nv/);
  });
});

Deno.test("a job of another user is refused: Apptainer runs containers as its caller", async () => {
  const files = slurmFiles("/nowhere");
  const job = makeJob({ user: { uid: Deno.uid()! + 1, gid: 1 } });
  const refused = await apptainerOnNodes(() => "").prepare(job, files);
  assert.ok(!refused.ok && /users\.txt says/.test(refused.failure.message));
});
