import assert from "node:assert/strict";
import { join } from "node:path";
import { createFolderModelCatalogue } from "../../services/inference/models/folder_model_catalogue.ts";
import { parametersOf } from "../../shared/format/mod.ts";
import { PROJECT } from "../support/embedded_service.ts";

/** The model folders that come with the project, read as the service reads them. */

const NAMES = ["end2end", "frcnn_cad", "nyu_glam", "nyu_gmic", "nyu_model", "nyu_model_single"];
const catalogue = createFolderModelCatalogue([join(PROJECT, "models")]);

Deno.test("the six models and the reference are there, and their base is no model", async () => {
  assert.deepEqual(await catalogue.names(), [...NAMES, "reference"]);
});

for (const name of NAMES) {
  Deno.test(`${name}: config.txt, predict.sh and model.json agree`, async () => {
    const lookup = await catalogue.find(name);
    assert.ok(lookup.ok, lookup.ok ? "" : lookup.message);
    const { model } = lookup;
    const script = await Deno.readTextFile(join(model.folder, "predict/predict.sh"));
    const assigned = parametersOf(script).filter(({ name }) => /^[A-Z_]+$/.test(name));
    assert.deepEqual(
      assigned.map(({ name, default: value }) => [name, value]),
      [...model.parameters].map(([name, { default: value }]) => [name, value]),
    );
    const described = Object.keys(model.manifest.parameters ?? {});
    assert.deepEqual(described.sort(), [...model.parameters.keys()].sort());
    assert.equal(model.base?.name, "torch_base");
    assert.equal(model.manifest.read_only_root, true);
    for (const field of ["title", "description", "level", "devices", "views"] as const) {
      assert.notEqual(model.manifest[field], undefined, `${name} has no ${field}`);
    }
    assert.ok(model.predictFiles.includes("predict.sh"));
  });

  Deno.test(`${name}: its README names each parameter and build argument`, async () => {
    const folder = join(PROJECT, "models", name);
    const readme = await Deno.readTextFile(join(folder, "README.md"));
    const lookup = await catalogue.find(name);
    assert.ok(lookup.ok);
    const own = [...lookup.model.dockerfile.matchAll(/^ARG ([A-Z0-9_]+_(?:URL|COMMIT|SHA256))/gm)];
    assert.ok(own.length > 0);
    const shared = name === "nyu_model_single" ? [] : own.map((match) => match[1]!);
    for (const word of [...lookup.model.parameters.keys(), ...shared]) {
      assert.ok(readme.includes(word), `${name}/README.md says nothing of ${word}`);
    }
  });
}

Deno.test("the table of models says what model.json says", async () => {
  const table = await Deno.readTextFile(join(PROJECT, "models/README.md"));
  for (const name of NAMES) {
    const lookup = await catalogue.find(name);
    assert.ok(lookup.ok);
    const { level } = lookup.model.manifest;
    const row = `| [${name}](${name}/README.md) | ${level} | ${lookup.model.devices.join(", ")} |`;
    assert.ok(table.includes(row), `models/README.md has no row ${row}`);
  }
});
