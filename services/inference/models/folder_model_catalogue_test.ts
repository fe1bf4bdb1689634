import assert from "node:assert/strict";
import { join } from "node:path";
import { createFolderModelCatalogue } from "./folder_model_catalogue.ts";
import type { Model } from "./model_catalogue.ts";
import { TOY_MODEL, writeFiles } from "../../../tests/support/inference/values.ts";

/** Runs a test with two model roots. */
async function withRoots(test: (first: string, second: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "mammoeval_test_" });
  try {
    await test(join(folder, "first"), join(folder, "second"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function found(root: string, name = "toy"): Promise<Model> {
  const lookup = await createFolderModelCatalogue([root]).find(name);
  assert.ok(lookup.ok, JSON.stringify(lookup));
  return lookup.model;
}

Deno.test("a folder of the metarepository is a model, with inferred values", () =>
  withRoots(async (root) => {
    await writeFiles(join(root, "toy"), TOY_MODEL);
    const model = await found(root);
    assert.deepEqual([model.predictPath, model.devices], ["/home/toy", ["gpu", "cpu"]]);
    assert.deepEqual([...model.parameters], [
      ["NUM_PROCESSES", { default: "2", description: null }],
      ["UNUSED", { default: "1", description: null }],
    ]);
    assert.deepEqual(model.predictFiles, ["helper.py", "predict.sh"]);
  }));

Deno.test("a folder dropped in is there at once; the first root that has a name wins", () =>
  withRoots(async (first, second) => {
    const catalogue = createFolderModelCatalogue([first, second]);
    assert.deepEqual(await catalogue.names(), []);
    await writeFiles(join(second, "toy"), TOY_MODEL);
    await writeFiles(join(second, "no_model"), { "README.md": "" });
    assert.deepEqual(await catalogue.names(), ["toy"]);
    assert.deepEqual(catalogue.overriding(), []);
    await writeFiles(join(first, "toy"), TOY_MODEL);
    assert.deepEqual(await catalogue.names(), ["toy"]);
    const used = { name: "toy", folder: join(first, "toy"), hides: [join(second, "toy")] };
    assert.deepEqual(catalogue.overriding(), [used]);
    const lookup = await catalogue.find("toy");
    assert.ok(lookup.ok);
    const { name, folder, hides } = lookup.model;
    assert.deepEqual({ name, folder, hides }, used);
  }));

Deno.test("a folder that cannot be used still wins, so that nothing else runs in its name", () =>
  withRoots(async (first, second) => {
    await writeFiles(join(second, "toy"), TOY_MODEL);
    await writeFiles(join(first, "toy"), { Dockerfile: "FROM scratch\n" });
    const lookup = await createFolderModelCatalogue([first, second]).find("toy");
    assert.ok(!lookup.ok && lookup.reason === "unusable");
    assert.match(lookup.message, new RegExp(`in ${join(first, "toy")} cannot be used: config.txt`));
  }));

Deno.test("a folder without model.json needs the devices and views of the one that it hides", () =>
  withRoots(async (first, second) => {
    const manifest = { title: "Ours", level: "breast", devices: ["gpu"], views: ["L-CC"] };
    const described = { ...TOY_MODEL, "model.json": JSON.stringify(manifest) };
    await writeFiles(join(second, "toy"), described);
    await writeFiles(join(first, "toy"), TOY_MODEL);
    const catalogue = createFolderModelCatalogue([first, second]);
    const lookup = await catalogue.find("toy");
    assert.ok(lookup.ok);
    assert.deepEqual(lookup.model.devices, ["gpu"]);
    assert.deepEqual(lookup.model.manifest, { devices: ["gpu"], views: ["L-CC"] });
    await writeFiles(join(first, "toy"), { "model.json": "{}" });
    const own = await catalogue.find("toy");
    assert.ok(own.ok);
    assert.deepEqual([own.model.devices, own.model.manifest], [["gpu", "cpu"], {}]);
  }));

Deno.test("unknown names, and names that lead elsewhere, are unknown", () =>
  withRoots(async (first, second) => {
    await writeFiles(join(first, "toy"), TOY_MODEL);
    await writeFiles(join(second, "hidden"), TOY_MODEL);
    for (const name of ["nobody", "../second/hidden", "", ".", "toy/../toy"]) {
      const lookup = await createFolderModelCatalogue([first]).find(name);
      assert.ok(!lookup.ok && lookup.reason === "unknown", name);
      assert.match(lookup.message, /this site has toy/);
    }
  }));

const UNUSABLE: readonly [what: string, files: Record<string, string | null>, message: RegExp][] = [
  ["without config.txt", { "config.txt": null }, /config\.txt is missing/],
  ["without predict.sh", { "predict/predict.sh": null }, /predict\/predict\.sh is missing/],
  ["with a config.txt that names no path", { "config.txt": "A=1\n" }, /CONTAINER_PREDICT_PATH/],
  ["with a model.json that is no JSON", { "model.json": "{" }, /model\.json/],
  ["with a misspelt field", { "model.json": '{"levels":"image"}' }, /levels/],
  ["with an unknown device", { "model.json": '{"devices":["tpu"]}' }, /devices/],
];

for (const [what, change, message] of UNUSABLE) {
  Deno.test(`a model folder ${what} is unusable and says why`, () =>
    withRoots(async (root) => {
      const files = Object.entries({ ...TOY_MODEL, ...change }).filter((entry): entry is [
        string,
        string,
      ] => entry[1] !== null);
      await writeFiles(join(root, "toy"), Object.fromEntries(files));
      const lookup = await createFolderModelCatalogue([root]).find("toy");
      assert.ok(!lookup.ok && lookup.reason === "unusable");
      assert.match(lookup.message, message);
    }));
}

Deno.test("a link in a model folder is refused: it could lead anywhere", () =>
  withRoots(async (root) => {
    await writeFiles(join(root, "toy"), TOY_MODEL);
    await Deno.symlink("/etc/passwd", join(root, "toy", "predict", "weights"));
    const lookup = await createFolderModelCatalogue([root]).find("toy");
    assert.ok(!lookup.ok && /predict\/weights is a link/.test(lookup.message));
  }));

Deno.test("every change makes a new version, and only what the build sees a new image", () =>
  withRoots(async (root) => {
    const folder = join(root, "toy");
    const comment = "# Change nothing in predict/ that needs COPY models/toy /x\n";
    await writeFiles(folder, {
      ...TOY_MODEL,
      Dockerfile: `${comment}${TOY_MODEL["Dockerfile"] ?? ""}`,
    });
    const versions = async (): Promise<[string, string]> => {
      const { version, buildVersion } = await found(root);
      return [version, buildVersion];
    };
    const [version, build] = await versions();
    await writeFiles(folder, { "predict/helper.py": "print(2)\n" });
    const [scriptVersion, scriptBuild] = await versions();
    assert.notEqual(scriptVersion, version);
    assert.equal(scriptBuild, build, "predict/ is put in when the container runs");
    await writeFiles(folder, { "requirements.txt": "numpy\n" });
    assert.notEqual((await versions())[1], build);
  }));

Deno.test("a Dockerfile that takes in what is otherwise put in at run time is built anew for it", () =>
  withRoots(async (root) => {
    const folder = join(root, "toy");
    for (
      const dockerfile of [
        "FROM scratch\nCOPY models/toy/predict /x\n",
        "FROM scratch\nCOPY models/toy /x\n",
        "FROM scratch\nADD . \\\n  /x\n",
        'FROM scratch\nCOPY ["models", "/x"]\n',
      ]
    ) {
      await writeFiles(folder, { ...TOY_MODEL, Dockerfile: dockerfile });
      const before = (await found(root)).buildVersion;
      await writeFiles(folder, { "predict/helper.py": "print(2)\n" });
      assert.notEqual((await found(root)).buildVersion, before, dockerfile);
    }
  }));

Deno.test("a base is no model; the models on it are others when it changes", () =>
  withRoots(async (first, second) => {
    const toy = join(first, "toy");
    await writeFiles(toy, { ...TOY_MODEL, "model.json": JSON.stringify({ base: "ground" }) });
    const catalogue = createFolderModelCatalogue([first, second]);
    const look = async (): Promise<Model | string> => {
      const lookup = await catalogue.find("toy");
      return lookup.ok ? lookup.model : lookup.message;
    };
    assert.match(String(await look()), /names the base ground, but no model folder has this name/);
    await writeFiles(join(second, "ground"), { "base.json": "{}" });
    assert.match(String(await look()), /its base ground has no Dockerfile/);
    await writeFiles(join(second, "ground"), { "Dockerfile": "FROM debian\n" });
    assert.deepEqual(await catalogue.names(), ["toy"]);
    const before = await look() as Model;
    assert.equal(before.base?.folder, join(second, "ground"));
    await writeFiles(join(second, "ground"), { "README.md": "x\n", "launch_test.py": "x\n" });
    assert.equal((await look() as Model).buildVersion, before.buildVersion);
    await writeFiles(join(second, "ground"), { "launch.py": "x\n" });
    const after = await look() as Model;
    assert.notEqual(after.buildVersion, before.buildVersion);
    assert.notEqual(after.version, before.version);
  }));

Deno.test("a folder is looked at even when it is no usable model", () =>
  withRoots(async (first, second) => {
    const catalogue = createFolderModelCatalogue([first, second]);
    await writeFiles(join(second, "bare"), { "README.md": "x\n" });
    assert.equal((await catalogue.inspect("bare"))?.faults.length, 3);
    assert.equal(await catalogue.inspect("../second"), null);
    assert.equal(await catalogue.inspect("gone"), null);
  }));
