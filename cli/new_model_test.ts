import assert from "node:assert/strict";
import { join } from "node:path";
import { inspectModelFolder } from "../services/inference/models/inspect_model_folder.ts";
import { type Command, parseCommandLine } from "./command_line/mod.ts";
import { CHECK_MODEL } from "./commands/check_model.ts";
import { NEW_MODEL } from "./commands/new_model.ts";
import { makeModelFolder } from "./new_model.ts";

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

function read<Arguments>(command: Command<Arguments>, ...args: string[]): Arguments {
  const line = parseCommandLine(command, args);
  assert.ok(line.kind === "run");
  return line.args;
}

Deno.test("new-model takes a name and perhaps a folder", () => {
  assert.deepEqual(read(NEW_MODEL, "a"), { name: "a", root: null });
  assert.equal(read(NEW_MODEL, "a", "/other").root, "/other");
  for (const args of [[], ["../a"], ["a", "b", "c"]]) {
    assert.throws(() => read(NEW_MODEL, ...args), /usage: deno task new-model/, String(args));
  }
});

Deno.test("check-model takes a folder, with or without a slash at its end", () => {
  assert.deepEqual(read(CHECK_MODEL, "/models/toy/"), {
    folder: "/models/toy",
    model: "toy",
    root: "/models",
    shards: false,
  });
  for (const args of [[], ["a", "b"], ["/"]]) {
    assert.throws(() => read(CHECK_MODEL, ...args), /usage: deno task check-model/, String(args));
  }
});
