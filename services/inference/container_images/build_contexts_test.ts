import assert from "node:assert/strict";
import { join } from "node:path";
import { createFolderModelCatalogue } from "../models/folder_model_catalogue.ts";
import type { Model } from "../models/model_catalogue.ts";
import { TOY_MODEL, writeFiles } from "../../../tests/support/inference/values.ts";
import { createStagedBuildContexts } from "./build_contexts.ts";

/** Modes below a folder, `name mode`, sorted. */
function modesBelow(folder: string, at = ""): string[] {
  const path = join(folder, at);
  const mode = (Deno.lstatSync(path).mode! & 0o7777).toString(8);
  const own = `${at} ${mode}`;
  if (!Deno.lstatSync(path).isDirectory) return [own];
  const names = [...Deno.readDirSync(path)].map(({ name }) => name).sort();
  return [own, ...names.flatMap((name) => modesBelow(folder, join(at, name)))];
}

/** Writes and stages a model and its base under a umask. */
async function underUmask(
  umask: number,
  test: (modes: { model: string[]; base: string[] }, tags: string[]) => void,
): Promise<void> {
  const before = Deno.umask(umask);
  const root = await Deno.makeTempDir({ prefix: "mammoeval_test_" });
  try {
    await writeFiles(join(root, "models", "toy"), {
      ...TOY_MODEL,
      "Dockerfile":
        "ARG BASE_IMAGE\nFROM $BASE_IMAGE\nCOPY models/toy /home/toy\nCOPY users.txt /\n",
      "model.json": JSON.stringify({ base: "ground" }),
      "tools/run": "#!/bin/bash\n",
    });
    await writeFiles(join(root, "models", "ground"), {
      "Dockerfile": "FROM x\nCOPY launch.py /\n",
      "base.json": "{}",
      "launch.py": "print(1)\n",
    });
    await Deno.chmod(join(root, "models/toy/tools/run"), 0o777 & ~umask);
    const lookup = await createFolderModelCatalogue([join(root, "models")]).find("toy");
    assert.ok(lookup.ok);
    const contexts = createStagedBuildContexts({
      workFolder: join(root, "work"),
      users: { text: "g,1\n", groupName: "g" } as never,
      buildArgs: {},
    });
    const model = await contexts.create(lookup.model);
    const base = await contexts.createBase(lookup.model.base as NonNullable<Model["base"]>);
    const plans = contexts.plan(lookup.model);
    const modes = { model: modesBelow(model.folder), base: modesBelow(base.folder) };
    test(modes, [plans.model.tag, plans.base!.tag]);
    await contexts.remove(model);
    await contexts.remove(base);
    assert.deepEqual([...Deno.readDirSync(join(root, "work"))], []);
  } finally {
    Deno.umask(before);
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("a build context has the same modes, and its image the same tag, under every umask", async () => {
  const allTags: string[][] = [];
  for (const umask of [0o022, 0o077, 0o000, 0o027]) {
    await underUmask(umask, ({ model, base }, tags) => {
      assert.deepEqual(model, [
        " 755",
        "create_users.sh 755",
        "models 755",
        "models/toy 755",
        "models/toy/Dockerfile 644",
        "models/toy/config.txt 644",
        "models/toy/model.json 644",
        "models/toy/predict 755",
        "models/toy/predict/helper.py 644",
        "models/toy/predict/predict.sh 644",
        "models/toy/tools 755",
        "models/toy/tools/run 755",
        "users.txt 644",
      ], umask.toString(8));
      assert.deepEqual(base, [" 755", "Dockerfile 644", "base.json 644", "launch.py 644"]);
      allTags.push(tags);
    });
  }
  for (const tags of allTags) assert.deepEqual(tags, allTags[0]);
});

Deno.test("a file that becomes a program makes another image", async () => {
  const root = await Deno.makeTempDir({ prefix: "mammoeval_test_" });
  try {
    await writeFiles(join(root, "toy"), {
      ...TOY_MODEL,
      "Dockerfile": "FROM x\nCOPY models/toy /home/toy\n",
    });
    const catalogue = createFolderModelCatalogue([root]);
    const versionOf = async (): Promise<string> => {
      const lookup = await catalogue.find("toy");
      return lookup.ok ? lookup.model.buildVersion : "";
    };
    const before = await versionOf();
    await Deno.chmod(join(root, "toy/predict/helper.py"), 0o755);
    assert.notEqual(await versionOf(), before);
    await Deno.chmod(join(root, "toy/predict/helper.py"), 0o600);
    assert.equal(await versionOf(), before);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
