import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT } from "../support/embedded_service.ts";
import { inFolder, LAUNCH, start } from "./launch.ts";

async function git(folder: string, ...args: string[]): Promise<string> {
  const identity = [
    "-c",
    "user.name=x",
    "-c",
    "user.email=x@localhost",
    "-c",
    "commit.gpgsign=false",
  ];
  const command = new Deno.Command("git", { args: ["-C", folder, ...identity, ...args] });
  const { success, stdout, stderr } = await command.output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trim();
}

/** A mirror with the sample data; returns its commit. */
async function makeMirror(folder: string): Promise<string> {
  await Deno.mkdir(join(folder, "sample_data/images"), { recursive: true });
  for (const { name } of Deno.readDirSync(join(PROJECT, "sample_data/images"))) {
    const file = join("sample_data/images", name);
    await Deno.copyFile(join(PROJECT, file), join(folder, file));
  }
  const list = "sample_data/data.pkl";
  await Deno.copyFile(join(PROJECT, list), join(folder, list));
  await git(folder, "init", "--quiet");
  await git(folder, "add", "--all");
  await git(folder, "commit", "--quiet", "--message", "data");
  return await git(folder, "rev-parse", "HEAD");
}

/** Copies a model folder of ours, with numbers that it is said to have on the mirror's data. */
async function publish(model: string, root: string, commit: string): Promise<void> {
  const folder = join(root, model);
  await Deno.mkdir(join(folder, "predict"), { recursive: true });
  for (const below of ["", "predict"]) {
    for (const { name, isFile } of Deno.readDirSync(join(PROJECT, "models", model, below))) {
      const file = join(below, name);
      if (isFile) await Deno.copyFile(join(PROJECT, "models", model, file), join(folder, file));
    }
  }
  const published = {
    source: {
      repository: "https://example.invalid/repository",
      ...{ commit, table: "README.md" },
      ...{ images: "sample_data/images", data_list: "sample_data/data.pkl" },
    },
    levels: { image: { auroc: 0.75, auprc: 0.5 }, breast: { auroc: 0.667, auprc: 0.428 } },
  };
  await Deno.writeTextFile(join(folder, "published.json"), JSON.stringify(published));
}

Deno.test("reproduce takes data from a mirror, and says of each number what became of it", () =>
  inFolder(async (folder) => {
    const [home, models, mirror] = ["home", "models", "mirror"].map((name) => join(folder, name));
    const commit = await makeMirror(mirror!);
    await publish("reference", models!, commit);
    await publish("nyu_gmic", models!, commit);
    const environment = { MAMMOEVAL_MODELS: models!, MAMMOEVAL_GPUS: "none" };
    const command = [...LAUNCH, "reproduce", "reference", "nyu_gmic", "--mirror", mirror!];
    const { code, stdout, stderr } = await start(command, home!, environment);
    assert.equal(code, 1, stderr);
    const lines = stdout.trim().split("\n");
    assert.deepEqual(lines.slice(0, 4), [
      "reference, image level, AUROC: equal (0.750)",
      "reference, image level, AUPRC: differs by 0.011 (0.511 here, 0.500 published)",
      "reference, breast level, AUROC: equal (0.667)",
      "reference, breast level, AUPRC: equal (0.428)",
    ]);
    // No engine runs models here.
    const failed = lines.slice(4, 8);
    assert.ok(failed.every((line) => /^nyu_gmic, .* could not run because \S+/.test(line)), stdout);
    assert.equal(lines[8], "3 of 8 published numbers are equal");
  }));

Deno.test("what cannot be fetched, and a model without published numbers, are said", () =>
  inFolder(async (folder) => {
    const [home, models] = [join(folder, "home"), join(folder, "models")];
    await publish("reference", models, "0".repeat(40));
    const environment = { MAMMOEVAL_MODELS: models, MAMMOEVAL_GPUS: "none" };
    const mirror = join(folder, "nothing");
    const command = [...LAUNCH, "reproduce", "reference", "--mirror", mirror];
    const { code, stdout } = await start(command, home, environment);
    assert.equal(code, 1);
    assert.match(
      stdout,
      /could not run because the sample data cannot be fetched from .*nothing: /,
    );
    const none = await start([...LAUNCH, "reproduce", "reference"], home);
    assert.deepEqual([none.code, none.stdout], [1, ""]);
    assert.match(none.stderr, /Model reference has no published.json/);
  }));
