import assert from "node:assert/strict";
import { join } from "node:path";
import type { Exam } from "../../shared/domain/mod.ts";
import { createDamage, PathNotAllowed } from "../../shared/volume/mod.ts";
import type { ImagePlace } from "./check_images.ts";
import { sweepDatasets } from "./sweep_datasets.ts";
import { makeStored, makeWorld } from "../../tests/support/ingestion/world.ts";

Deno.test("store: an id is claimed once, however many ask at the same time", async () => {
  await using world = await makeWorld();
  const claims = await Promise.all(Array.from({ length: 20 }, () => world.store.claim("a")));
  assert.equal(claims.filter((claimed) => claimed).length, 1);
});

Deno.test("store: records come oldest first; a folder without a record is none", async () => {
  await using world = await makeWorld();
  const { store } = world;
  const moments = { c: "2030-01-01", a: "2030-01-03", b: "2030-01-02", d: "2030-01-02" };
  for (const [id, created_at] of Object.entries(moments)) {
    await store.claim(id);
    await store.put(makeStored({ id, created_at }));
  }
  await store.claim("half-made");
  assert.deepEqual(await store.ids(), ["c", "b", "d", "a"]);
  assert.equal(await store.get("half-made"), null);
  assert.equal(await store.get("nothing"), null);
});

Deno.test("store: the source is a copy, whole or not at all", async () => {
  await using world = await makeWorld();
  const { store, data, layout } = world;
  await store.claim("a");
  const path = join(data, "list.csv");
  await Deno.writeTextFile(path, "x");
  await store.putSource("a", "csv", path);
  await Deno.writeTextFile(path, "changed");
  assert.equal(new TextDecoder().decode(await store.source("a", "csv")), "x");
  await assert.rejects(store.putSource("a", "csv", join(data, "nothing")), PathNotAllowed);
  assert.deepEqual([...Deno.readDirSync(join(layout.datasets, "a"))].map(({ name }) => name), [
    ".registering",
    "source.csv",
  ]);
});

function makeExam(index: number): Exam {
  return {
    index,
    id: `exam ${index}`,
    images: { "L-CC": [`${index}_l`], "R-CC": [], "L-MLO": [], "R-MLO": [`${index}_r`, "x"] },
    malignant: { left: 0, right: 1 },
    horizontalFlip: null,
    extras: { note: "ä".repeat(index % 7 * 300) },
  };
}

Deno.test("store: exams are read page by page, every one once, for any page size", async () => {
  await using world = await makeWorld();
  const { store } = world;
  await store.claim("a");
  const exams = Array.from({ length: 300 }, (_, index) => makeExam(index));
  await store.putExams("a", exams, Uint8Array.of(1));
  for (const limit of [1, 7, 100, 299, 300, 1000]) {
    const read: Exam[] = [];
    for (let start: number | null = 0; start !== null;) {
      const page = await store.exams("a", start, limit);
      assert.ok(page !== null && page.items.length <= limit);
      read.push(...page.items);
      start = page.next;
    }
    assert.deepEqual(read, exams, `limit ${limit}`);
  }
  for (const start of [1, 17, 10 ** 9]) assert.equal(await store.exams("a", start, 5), null);
});

Deno.test("store: what an import keeps for itself comes back as it was, and goes at its end", async () => {
  await using world = await makeWorld();
  const { store } = world;
  await store.claim("a");
  assert.equal(await store.readList("a"), null);
  assert.deepEqual([await store.countReading("a"), await store.countReading("a")], [1, 2]);
  const none = { listed: [], total: 0 };
  const counts = { exams: 1, breasts: 2, malignant_breasts: 0 };
  const list = { images: 3, counts, listDigest: "d", errors: none, warnings: none };
  const places = ["x", "y/ä", "z"].map((image): ImagePlace => ({ exam: "e", view: "L-CC", image }));
  await store.putReadList("a", list, places);
  assert.deepEqual(await store.readList("a"), list);
  const first = (await store.places("a", 0, 2))!;
  assert.deepEqual(first.items, places.slice(0, 2));
  assert.deepEqual(await store.places("a", first.next!, 2), { items: places.slice(2), next: null });
  assert.equal(await store.checkpoint("a"), null);
  const check = { images: 2, next: first.next, errors: none, warnings: none, digest: "d" };
  const notes = places.map((place, index) => ({ ...place, bytes: 9, modified: index, ends: "e" }));
  const noted = await store.addNotes("a", 0, notes.slice(0, 2));
  await store.putCheckpoint("a", { check, noted });
  await store.addNotes("a", noted, notes.slice(0, 1));
  assert.deepEqual(await store.checkpoint("a"), { check, noted });
  await store.addNotes("a", noted, notes.slice(2));
  assert.equal(await store.notes("a", 0, 9), null, "notes are found when they are whole");
  for (let time = 0; time < 2; time++) await store.settleNotes("a");
  assert.deepEqual(await store.notes("a", 0, 9), { items: notes, next: null });
  assert.equal(await store.checkpoint("a"), null, "its notes are gone from the import");
  await store.addNotes("a", 0, notes);
  await store.settleNotes("a");
  await store.endImport("a");
  await store.endImport("a");
  assert.equal(await store.checkpoint("a"), null);
  assert.equal(await store.readList("a"), null);
});

Deno.test("store: a dataset that an evaluation uses is not removed", async () => {
  await using world = await makeWorld();
  const { store } = world;
  await store.claim("a");
  await store.put(makeStored());
  await world.lease("a");
  assert.equal(await store.remove("a"), false);
  assert.notEqual(await store.get("a"), null);
  await Deno.remove(join(world.layout.leases, "a", "evaluation-1"));
  assert.equal(await store.remove("a"), true);
  assert.deepEqual(world.folders(), []);
});

/** Files that people may have put there, or remains of their data. */
const FOREIGN: Readonly<Record<string, string>> = {
  "unnamed/images/1.png": "pixels",
  "empty record lost/images/1.png": "pixels",
  "registering/.registering": "",
  "registering/notes.txt": "mine",
  "cut/dataset.json": '{"id": "cut"',
  "cut/images/1.png": "pixels",
  README: "text",
  ".nfs0001": "open",
  ".removed-mine/images/1.png": "pixels",
};

Deno.test("sweep: images that a dataset uses in place stay where they are", async () => {
  await using world = await makeWorld();
  const { store, layout } = world;
  const damage = createDamage(layout, () => {}, ["datasets"]);
  await Deno.mkdir(join(layout.datasets, "lent/images"), { recursive: true });
  await store.claim("a");
  await store.put(makeStored({ images_folder: join(layout.datasets, "lent/images") }));
  await sweepDatasets(layout, store, damage);
  assert.deepEqual(world.folders(), ["a", "lent"]);
  assert.deepEqual(damage.list().map(({ path }) => path), ["datasets/lent"]);
});

Deno.test("sweep: what a kill cut short is ended; nothing else is removed", async () => {
  await using world = await makeWorld();
  const { store, layout } = world;
  const damage = createDamage(layout, () => {}, ["datasets"]);
  for (const id of ["whole", "ended", "half-made"]) await store.claim(id);
  await store.put(makeStored({ id: "whole" }));
  await store.put(makeStored({ id: "ended", status: "ready" }));
  for (const id of ["whole", "ended"]) await store.countReading(id);
  await Deno.writeTextFile(join(layout.datasets, "whole/.dataset.json.0123abcd.partial"), "{");
  await Deno.mkdir(join(layout.datasets, ".removed-0123abcd-gone/images"), { recursive: true });
  await Deno.mkdir(join(layout.datasets, ".removed-0123abcd-used"), { recursive: true });
  await world.lease("used");
  for (const [path, content] of Object.entries(FOREIGN)) {
    await Deno.mkdir(join(layout.datasets, path, ".."), { recursive: true });
    await Deno.writeTextFile(join(layout.datasets, path), content);
  }
  await sweepDatasets(layout, store, damage);
  assert.deepEqual(
    world.folders(),
    [".nfs0001", ".removed-mine", "cut", "ended", "used", "whole"],
    "a lease that came in between wins",
  );
  const kept = ["README", "empty record lost", "registering", "unnamed"];
  assert.deepEqual(
    damage.list().map(({ path }) => path),
    kept.map((name) => `quarantine/datasets/${name}`),
  );
  const moved = join(layout.quarantine, "datasets");
  assert.equal(await Deno.readTextFile(join(moved, "unnamed/images/1.png")), "pixels");
  assert.equal(await Deno.readTextFile(join(moved, "README")), "text");
  assert.equal(await Deno.readTextFile(join(layout.datasets, "cut/images/1.png")), "pixels");
  const filesOf = (id: string): string[] =>
    [...Deno.readDirSync(join(layout.datasets, id))].map(({ name }) => name).sort();
  assert.deepEqual(filesOf("whole"), ["dataset.json", "import"]);
  assert.deepEqual(filesOf("ended"), ["dataset.json"]);
});
