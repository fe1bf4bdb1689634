import assert from "node:assert/strict";
import { join } from "node:path";
import type { ScoreReport } from "../../../shared/contracts/scores.ts";
import { loadSamples } from "./load_samples.ts";
import {
  createWorld,
  fairScore,
  makeList,
  makePredictions,
  putDataset,
  putPredictions,
  sendJson,
  uploadScore,
  type World,
} from "../../../tests/support/scoring/world.ts";

const ID = "0190a000-0000-7000-8000-000000000001";

async function evaluated(world: World): Promise<ScoreReport> {
  await putDataset(world.layout, "sample", makeList(12));
  const predictions = await putPredictions(
    world.layout,
    { experiment: "exp1", model: "toy", id: ID },
    makePredictions(12, fairScore),
  );
  const { status, body } = await sendJson(world.app, "POST", "/v1/scores", {
    dataset: "sample",
    model: "toy",
    experiment: "exp1",
    evaluation: ID,
    predictions,
    bootstrap: false,
  });
  assert.equal(status, 201, JSON.stringify(body));
  return body;
}

Deno.test("loadSamples: samples that were not kept, or are damaged, are made again, the same to the bit", async () => {
  await using world = await createWorld();
  const uploaded = await uploadScore(world.app, 12, fairScore);
  const cases: [ScoreReport, string][] = [
    [uploaded, join(world.layout.scores, uploaded.id)],
    [await evaluated(world), join(world.layout.results, "exp1", "toy", ID)],
  ];
  for (const [report, folder] of cases) {
    for (const level of ["breast", "image"] as const) {
      const kept = await loadSamples(report, level, world.store);
      assert.ok(kept.ok);
      const path = join(folder, `${level}_samples.csv`);
      const rows = (await Deno.readTextFile(path)).split("\n");
      for (const damaged of [rows.slice(0, 5).join("\n"), rows.join("\n").slice(0, -9), "{}", ""]) {
        await Deno.writeTextFile(path, damaged);
        assert.deepEqual(await loadSamples(report, level, world.store), kept, damaged);
      }
      await Deno.remove(path);
      assert.deepEqual(await loadSamples(report, level, world.store), kept);
      assert.equal(kept.samples.length, report.levels[level]!.count);
    }
  }
});

Deno.test("loadSamples: what has changed since is not taken for what was scored", async () => {
  await using world = await createWorld();
  const report = await evaluated(world);
  const folder = join(world.layout.results, "exp1", "toy", ID);
  await Deno.remove(join(folder, "breast_samples.csv"));
  await putDataset(world.layout, "sample", makeList(13), "sha256:other");
  const otherTruth = await loadSamples(report, "breast", world.store);
  assert.ok(!otherTruth.ok);
  assert.match(otherTruth.reason, new RegExp(`score ${ID} .*its dataset has changed`));
  await Deno.writeTextFile(join(folder, "toy_exp1_predictions.csv"), "");
  const otherPredictions = await loadSamples(report, "breast", world.store);
  assert.ok(!otherPredictions.ok);
  assert.match(otherPredictions.reason, /its predictions have changed/);
});

Deno.test("loadSamples: a score of breasts has no image level", async () => {
  await using world = await createWorld();
  const rows = Array.from({ length: 12 }, (_, at) => `${fairScore(at, "L")},${fairScore(at, "R")}`);
  const csv = ["left_malignant,right_malignant", ...rows].join("\n");
  const report = await uploadScore(world.app, 12, fairScore, {
    predictions: new File([csv], "breasts.csv"),
  });
  const image = await loadSamples(report, "image", world.store);
  assert.ok(!image.ok);
  assert.match(image.reason, /has no image level/);
  const breast = await loadSamples(report, "breast", world.store);
  assert.ok(breast.ok && breast.samples.length === 24);
});
