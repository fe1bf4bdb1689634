import assert from "node:assert/strict";
import type { CommandResult } from "../engine/command.ts";
import { makeJob } from "../../../tests/support/inference/values.ts";
import { untilAccepted } from "./slurm_executor.ts";

Deno.test("a job whose acceptance was lost is not submitted again, however long the controller is away", async () => {
  const away = "slurm_load_jobs error: Unable to contact slurm controller (connect failure)";
  const answers: [program: string, exitCode: number, text: string][] = [
    ["sbatch", 1, away],
    ["squeue", 1, away],
    ["squeue", 1, away],
    ["squeue", 0, "7|mammoeval-x|RUNNING|None|mammoeval gpus=0 volume=/v\n"],
  ];
  const run = (program: string): Promise<CommandResult> => {
    const [expected, exitCode, text] = answers.shift()!;
    assert.equal(program, expected);
    const [stdout, stderr] = exitCode === 0 ? [text, ""] : ["", text];
    return Promise.resolve({ exitCode, stdout, stderr } as CommandResult);
  };
  const job = makeJob({ id: "x" });
  const outcome = await untilAccepted([], job, run, () => Promise.resolve());
  assert.deepEqual(outcome, { ok: true, value: "7" });
  assert.deepEqual(answers, []);
});
