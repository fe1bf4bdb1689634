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
} from "../test_values.ts";
import { inWorld, type World } from "../test_world.ts";
import type { PreparedRun } from "./workspace.ts";

async function toy({ catalogue }: World): Promise<Model> {
  const lookup = await catalogue.find("toy");
  assert.ok(lookup.ok);
  return lookup.model;
}

async function prepare(world: World, request: Record<string, unknown> = {}): Promise<{
  evaluation: Evaluation;
  prepared: PreparedRun;
  sourceOf: (target: string) => string;
}> {
  const evaluation = makeEvaluation({ request: makeRequest(request) });
  const { workspace, datasets } = world;
  const prepared = await workspace.prepare(evaluation, await toy(world), datasets.record);
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
    await world.workspace.prepare(evaluation, await toy(world), world.datasets.record);
    assert.equal(await world.workspace.leftPredictions(evaluation), null);
  }));

Deno.test("predictions are read as they are, and only from a plain file", () =>
  inWorld(async (world) => {
    const evaluation = makeEvaluation();
    await leavePredictions(world.layout, evaluation, "\ufeffa,b\n");
    const left = await world.workspace.leftPredictions(evaluation);
    assert.equal(left?.text, "\ufeffa,b\n");
    const kept = await world.workspace.keepPredictions(evaluation, left!);
    assert.equal(await Deno.readTextFile(kept), "\ufeffa,b\n");
    const folder = join(world.layout.work, evaluation.id, "predictions");
    const [name] = namesIn(folder);
    await Deno.remove(join(folder, name!));
    for (
      const make of [
        () => Deno.symlink("/etc/passwd", join(folder, name!)),
        () => Deno.mkdir(join(folder, name!)),
      ]
    ) {
      await make();
      assert.equal(await world.workspace.leftPredictions(evaluation), null);
      await Deno.remove(join(folder, name!), { recursive: true });
    }
  }));

Deno.test("a sweep leaves what is wanted and takes everything else", () =>
  inWorld(async (world) => {
    const [kept, gone] = [makeEvaluation(), makeEvaluation()];
    for (const evaluation of [kept, gone]) {
      await leavePredictions(world.layout, evaluation, "x");
      await world.workspace.lease(evaluation);
    }
    await writeFiles(world.layout.work, { "build-toy-1/Dockerfile": "FROM scratch" });
    await world.workspace.sweep(new Set([kept.id]));
    await world.workspace.keepLeases(new Set([kept.id]));
    assert.deepEqual([world.scratch(), world.leases()], [[kept.id], [kept.id]]);
    await world.workspace.release(kept);
    await world.workspace.release(kept);
    await world.workspace.clear(kept.id);
    await world.workspace.clear(kept.id);
    assert.deepEqual([world.scratch(), world.leases()], [[], []]);
  }));
