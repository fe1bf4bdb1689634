import assert from "node:assert/strict";
import { join } from "node:path";
import type { ScoreReport } from "../../../shared/contracts/scores.ts";
import { readDataList } from "../../../shared/format/mod.ts";
import { TEMPORARY_ENDING } from "../../../shared/volume/mod.ts";
import {
  createWorld,
  fairScore,
  makeList,
  putDataset,
  putPredictions,
  uploadScore,
} from "../../../tests/support/scoring/world.ts";

const ID = "0190a000-0000-7000-8000-000000000001";

async function namesIn(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
}

async function anyReport(world: Parameters<typeof uploadScore>[0]): Promise<ScoreReport> {
  return await uploadScore(world, 9, fairScore, { bootstrap: "false" });
}

import { sha256 } from "./content.ts";

Deno.test("put, get, file: a score of its own lies in scores/<id>, whole, with nothing half written", async () => {
  await using world = await createWorld();
  const report = await anyReport(world.app);
  const names = await namesIn(join(world.layout.scores, report.id));
  for (const name of ["score.json", "breast_roc.png", "image_samples.csv", "predictions.csv"]) {
    assert.ok(names.includes(name), name);
  }
  assert.ok(!names.some((name) => name.endsWith(TEMPORARY_ENDING)));
  assert.deepEqual(await world.store.get(report.id), report);
  assert.equal(await world.store.file(report.id, "nothing.png"), null);
  assert.equal(await world.store.get(ID), null);
});

Deno.test("put: beside predictions the score is found by its id, through a location that can move with the volume", async () => {
  await using world = await createWorld();
  const report = { ...await anyReport(world.app), id: ID };
  const key = { experiment: "exp1", model: "toy", id: ID };
  const predictions = await putPredictions(world.layout, key, "image_index,malignant_pred\n");
  await world.store.put(report, [{ name: "note.txt", content: "x" }], predictions);
  assert.deepEqual(await namesIn(join(world.layout.scores, ID)), ["location.json"]);
  const location = await Deno.readTextFile(join(world.layout.scores, ID, "location.json"));
  assert.equal(JSON.parse(location).folder, join("results", "exp1", "toy", ID), "relative");
  // Stored after another score of the same millisecond, it gets the next one.
  const { created_at } = (await world.store.get(ID))!;
  assert.ok(created_at > report.created_at);
  assert.deepEqual(await world.store.get(ID), { ...report, created_at });
  assert.equal(new TextDecoder().decode((await world.store.file(ID, "note.txt"))!), "x");
});

Deno.test("put: what a kill left without a report is no score", async () => {
  await using world = await createWorld();
  await Deno.mkdir(join(world.layout.scores, ID));
  await Deno.writeTextFile(join(world.layout.scores, ID, "breast_samples.csv"), "half");
  assert.equal(await world.store.get(ID), null);
  assert.deepEqual(await world.store.headings(), []);
});

Deno.test("headings: newest first, which is the one that was kept last, whatever the clock said", async () => {
  await using world = await createWorld();
  const report = await anyReport(world.app);
  await world.store.remove(report.id);
  // The same timestamp twice, and a clock set back by two days.
  const moments = [
    "2030-01-03T00:00:00.000Z",
    "2030-01-03T00:00:00.000Z",
    "2030-01-01T00:00:00.000Z",
    "2030-01-01T00:00:01.000Z",
  ];
  const idAt = (at: number): string => ID.slice(0, -1) + at;
  for (const [at, created_at] of moments.entries()) {
    await world.store.put({ ...report, id: idAt(at), created_at }, [], null);
  }
  const listed = async (): Promise<(string | undefined)[]> =>
    (await world.store.headings()).map(({ id }) => id.at(-1));
  assert.deepEqual(await listed(), ["3", "2", "1", "0"]);
  const again = await world.store.get(idAt(3));
  await world.store.put(again!, [], null);
  assert.deepEqual(await world.store.get(idAt(3)), again, "what is scored again keeps its moment");
});

Deno.test("remove: the score goes, the predictions of an evaluation stay; twice is no fault", async () => {
  await using world = await createWorld();
  const report = { ...await anyReport(world.app), id: ID };
  const key = { experiment: "exp1", model: "toy", id: ID };
  const predictions = await putPredictions(world.layout, key, "image_index,malignant_pred\n");
  await world.store.put(report, [], predictions);
  await world.store.remove(ID);
  await world.store.remove(ID);
  assert.equal(await world.store.get(ID), null);
  assert.ok((await Deno.stat(predictions)).isFile);
});

Deno.test("data list, digest: of datasets that are ready, and of no other path", async () => {
  await using world = await createWorld();
  await putDataset(world.layout, "sample", makeList(3));
  const list = await world.store.dataList("sample");
  assert.equal(list?.digest, "sha256:sample");
  const { exams } = readDataList(await Deno.readFile(list.file.path), "pkl");
  assert.deepEqual(exams.map(({ malignant }) => malignant.left), [1, 0, 0]);
  assert.equal(await world.store.digest("sample"), "sha256:sample");
  const record = join(world.layout.datasets, "sample", "dataset.json");
  await Deno.writeTextFile(record, JSON.stringify({ status: "importing" }));
  for (const name of ["sample", "nothing", "../scores", "..", ""]) {
    assert.equal(await world.store.dataList(name), null, name);
    assert.equal(await world.store.digest(name), null, name);
  }
});

Deno.test("predictions: nothing is read from outside the results", async () => {
  await using world = await createWorld();
  const key = { experiment: "exp1", model: "toy", id: ID };
  const path = await putPredictions(world.layout, key, "x");
  assert.deepEqual(await world.store.predictions(path), { path, bytes: 1, sha256: sha256("x") });
  const link = join(world.layout.results, "link.csv");
  await Deno.symlink("/etc/hostname", link);
  for (const outside of ["/etc/hostname", link, join(path, "../../../../../../etc/hostname")]) {
    await assert.rejects(world.store.predictions(outside), { name: "PathNotAllowed" });
  }
});
