import assert from "node:assert/strict";
import { join } from "node:path";
import { readDataList } from "../../../shared/format/mod.ts";
import type { Evaluation } from "../ledger/ledger.ts";
import type { Model } from "../models/model_catalogue.ts";
import {
  leavePredictions,
  makeEvaluation,
  makeRequest,
  namesIn,
  writeFiles,
} from "../../../tests/support/inference/values.ts";
import { inWorld, type World } from "../../../tests/support/inference/world.ts";
import type { PreparedRun } from "./workspace.ts";

async function toy({ catalogue }: World): Promise<Model> {
  const lookup = await catalogue.find("toy");
  assert.ok(lookup.ok);
  return lookup.model;
}

/** A run that is not divided. */
const WHOLE = { hidden: [], parts: 1 };

async function prepare(world: World, request: Record<string, unknown> = {}): Promise<{
  evaluation: Evaluation;
  prepared: PreparedRun;
  sourceOf: (target: string) => string;
}> {
  const evaluation = makeEvaluation({ request: makeRequest(request) });
  const { workspace, datasets } = world;
  const prepared = await workspace.prepare(evaluation, await toy(world), datasets.record, WHOLE);
  const sourceOf = (target: string): string =>
    prepared.mounts.find((mount) => mount.target === target)!.source;
  return { evaluation, prepared, sourceOf };
}

Deno.test("a container sees images, list and script read-only, and writes in two places", () =>
  inWorld(async (world) => {
    const { prepared } = await prepare(world);
    const seen = prepared.mounts.map(({ target, readOnly }) => [target, readOnly]);
    assert.deepEqual(seen, [
      ["/home/images", true],
      ["/home/preprocessed_images", false],
      ["/home/data.pkl", true],
      ["/home/predictions", false],
      ["/etc/mammoeval/environment.sh", true],
      ["/home/toy/helper.py", true],
      ["/home/toy/predict.sh", true],
    ]);
    assert.equal(prepared.mounts[0]!.source, world.datasets.record.images_folder);
  }));

Deno.test("parameters: what is asked for, else what config.txt says; booleans as Python writes them", () =>
  inWorld(async (world) => {
    const asked = await prepare(world, { parameters: { NUM_PROCESSES: true } });
    assert.deepEqual(asked.prepared.parameters, { NUM_PROCESSES: "True", UNUSED: "1" });
    const script = await Deno.readTextFile(asked.sourceOf("/home/toy/predict.sh"));
    assert.match(script, /^NUM_PROCESSES='?True'?$/m);
    assert.doesNotMatch(script, /UNUSED/, "what the script never assigns is passed over");
    const preset = await prepare(world);
    assert.match(
      await Deno.readTextFile(preset.sourceOf("/home/toy/predict.sh")),
      /^NUM_PROCESSES='?2'?$/m,
    );
  }));

Deno.test("a script keeps its bytes: Latin-1, UTF-8, and what is no text", () =>
  inWorld(async (world) => {
    const before = [...new TextEncoder().encode("#!/bin/bash\n# "), 0xe9, 0xff, 0xa0, 0x80, 0x0a];
    const after = [...new TextEncoder().encode("NAME=à\necho '"), 0xe4, 0x27, 0x0d, 0x0a];
    const own = [...new TextEncoder().encode("NUM_PROCESSES=")];
    const script = join(world.folder, "models/toy/predict/predict.sh");
    await Deno.writeFile(script, Uint8Array.from([...before, ...own, 0x31, 0x0a, ...after]));
    const { sourceOf } = await prepare(world, { parameters: { NUM_PROCESSES: "zwölf" } });
    const value = [...new TextEncoder().encode("'zwölf'")];
    assert.deepEqual(
      [...await Deno.readFile(sourceOf("/home/toy/predict.sh"))],
      [...before, ...own, ...value, 0x0a, ...after],
    );
  }));

Deno.test("what a container reads can be read by its user under every umask", async () => {
  for (const umask of [0o077, 0o000]) {
    const before = Deno.umask(umask);
    try {
      await inWorld(async (world) => {
        const { prepared } = await prepare(world);
        const modes = prepared.mounts.filter(({ target }) => /data\.pkl$|\/toy\//.test(target))
          .map(({ source }) => (Deno.statSync(source).mode! & 0o777).toString(8));
        assert.deepEqual(modes, ["644", "755", "755"]);
      });
    } finally {
      Deno.umask(before);
    }
  }
});

Deno.test("the list that a container gets is pickle protocol 4 at most, whoever wrote it", () =>
  inWorld(async (world) => {
    const { sourceOf } = await prepare(world);
    const bytes = await Deno.readFile(sourceOf("/home/data.pkl"));
    assert.ok(bytes[0] === 0x80 && bytes[1]! <= 4);
    assert.equal(readDataList(bytes, "pkl").exams.length, 2);
  }));

Deno.test("what an earlier attempt left is not taken for the work of this one", () =>
  inWorld(async (world) => {
    const evaluation = makeEvaluation();
    await leavePredictions(world.layout, evaluation, "old");
    await world.workspace.prepare(evaluation, await toy(world), world.datasets.record, WHOLE);
    assert.equal(await world.workspace.checkPredictions(evaluation), null);
  }));

Deno.test("predictions are kept to the byte, as they were checked, and only from a plain file", () =>
  inWorld(async (world) => {
    const evaluation = makeEvaluation();
    const { workspace, layout } = world;
    await leavePredictions(layout, evaluation, "");
    const folder = join(layout.work, evaluation.id, "predictions");
    const path = join(folder, namesIn(folder)[0]!);
    const bytes = Uint8Array.from([0xef, 0xbb, 0xbf, 0x61, 0x2c, 0xff, 0x0a]);
    await Deno.writeFile(path, bytes);
    const left = await workspace.checkPredictions(evaluation);
    assert.equal(left?.errors[0]?.code, "predictions_empty");
    assert.deepEqual(await Deno.readFile(await workspace.keepPredictions(evaluation, left)), bytes);
    await Deno.writeTextFile(path, "image_index,malignant_pred\n0_L-CC,1\n");
    await assert.rejects(workspace.keepPredictions(evaluation, left), /changed after/);
    for (const make of [() => Deno.symlink("/etc/passwd", path), () => Deno.mkdir(path)]) {
      await Deno.remove(path, { recursive: true });
      await make();
      assert.equal(await workspace.checkPredictions(evaluation), null);
    }
  }));

Deno.test("a sweep takes what earlier processes have left, but for what is wanted or not understood", () =>
  inWorld(async (world) => {
    const [kept, gone] = [makeEvaluation(), makeEvaluation()];
    for (const evaluation of [kept, gone]) {
      await leavePredictions(world.layout, evaluation, "x");
      await world.workspace.lease(evaluation);
    }
    await writeFiles(world.layout.work, {
      "build-toy-01234567/Dockerfile": "FROM scratch",
      "mine/image.png": "pixels",
    });
    await writeFiles(world.layout.leases, { "sample/mine/image.png": "pixels" });
    const workspace = world.openWorkspace();
    const own = makeEvaluation();
    await workspace.lease(own);
    await writeFiles(world.layout.work, { "build-toy-89abcdef/Dockerfile": "FROM scratch" });
    assert.deepEqual((await workspace.leftLeases()).includes(own.id), false);
    await workspace.sweep((id) => id === kept.id);
    await workspace.keepLeases((id) => id === kept.id);
    assert.deepEqual(
      [world.scratch(), world.leases()],
      [[kept.id, "build-toy-89abcdef"], [kept.id, own.id]].map((names) => names.sort()),
      "what this process has made stays",
    );
    const quarantine = world.layout.quarantine;
    assert.ok((await Deno.stat(join(quarantine, "work/mine/image.png"))).isFile);
    assert.ok((await Deno.stat(join(quarantine, "leases/sample~mine/image.png"))).isFile);
    await Deno.remove(join(world.layout.work, "build-toy-89abcdef"), { recursive: true });
    await workspace.release(own);
    await world.workspace.release(kept);
    await world.workspace.release(kept);
    await world.workspace.clear(kept.id);
    await world.workspace.clear(kept.id);
    assert.deepEqual([world.scratch(), world.leases()], [[], []]);
  }));
