import assert from "node:assert/strict";
import { join } from "node:path";
import { inspectModelFolder } from "../services/inference/models/inspect_model_folder.ts";
import { readCheckModelArguments } from "./check_model_arguments.ts";
import { makeModelFolder } from "./new_model.ts";
import { readNewModelArguments } from "./new_model_arguments.ts";

Deno.test("the skeleton has no faults, and lacks only what its author must say", async () => {
  const where = await Deno.makeTempDir();
  try {
    const folder = join(where, "deep", "my_model");
    await makeModelFolder("my_model", folder);
    assert.deepEqual(await inspectModelFolder(folder), { faults: [], advice: [] });
    const config = await Deno.readTextFile(join(folder, "config.txt"));
    assert.match(config, /CONTAINER_PREDICT_PATH="\/home\/my_model"/);
    await assert.rejects(makeModelFolder("my_model", folder), Deno.errors.AlreadyExists);
  } finally {
    await Deno.remove(where, { recursive: true });
  }
});

Deno.test("new-model takes a name and perhaps a folder", () => {
  assert.deepEqual(readNewModelArguments(["a"], "/models"), { name: "a", folder: "/models/a" });
  assert.equal(readNewModelArguments(["a", "/other"], "/models").folder, "/other/a");
  for (const args of [[], ["../a"], ["a", "b", "c"]]) {
    assert.throws(() => readNewModelArguments(args, "/models"), RangeError, String(args));
  }
});

Deno.test("check-model takes a folder, with or without a slash at its end", () => {
  assert.deepEqual(readCheckModelArguments(["/models/toy/"]), {
    folder: "/models/toy",
    model: "toy",
    root: "/models",
  });
  for (const args of [[], ["a", "b"], ["/"]]) {
    assert.throws(() => readCheckModelArguments(args), RangeError, String(args));
  }
});
