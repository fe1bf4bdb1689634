import assert from "node:assert/strict";
import { join } from "node:path";
import { makeJob } from "../../../tests/support/inference/values.ts";
import { temporaryFolder } from "../../../tests/support/temporary_folder.ts";
import { chosenArguments, readSlurmChoices } from "./slurm_choices.ts";

Deno.test("a model's jobs get its GPU type, partition, account, QOS and time; others get none", () => {
  const choices = {
    toy: {
      ...{ gpu_type: "a100", partition: "gpu,long", account: "screening", qos: "high" },
      time_limit_s: 3601,
    },
  };
  const job = makeJob({ model: "toy", gpuCount: 2, timeoutS: 86_400 });
  assert.deepEqual(chosenArguments(job, choices), [
    ...["--time=61", "--gres=gpu:a100:2", "--partition=gpu,long", "--account=screening"],
    "--qos=high",
  ]);
  assert.equal(chosenArguments({ ...job, timeoutS: 90 }, choices)[0], "--time=2");
  const other = { ...job, model: "toString", gpuCount: 0 };
  assert.deepEqual(chosenArguments(other, choices), ["--time=1440"]);
});

Deno.test("a file that cannot be used is refused, and each wrong field is named", async () => {
  await using stack = new AsyncDisposableStack();
  const path = join(await temporaryFolder(stack, "mammoeval-test-choices-"), "models.json");
  const refused = async (content: string): Promise<string> => {
    await Deno.writeTextFile(path, content);
    const error = await readSlurmChoices(path).then(() => null, (error) => error);
    assert.ok(error instanceof RangeError && error.message.includes(path), content);
    return error.message;
  };
  assert.match(await refused("{"), /MAMMOEVAL_SLURM_MODELS=.*is no JSON/);
  assert.match(await refused("[]"), /must be an object/);
  const wrong = { a: { partition: "x --wrap=y" }, b: { time_limit_s: 5, gpu: "a100" } };
  const message = await refused(JSON.stringify(wrong));
  for (const field of ["a.partition must be a name", "b.time_limit_s must", "b"]) {
    assert.ok(message.includes(field), message);
  }
  assert.match(message, /gpu\b/);
  await Deno.remove(path);
  await assert.rejects(readSlurmChoices(path), /MAMMOEVAL_SLURM_MODELS=.*No such file/);
  assert.deepEqual(await readSlurmChoices(""), {});
});
