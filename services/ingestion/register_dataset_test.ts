import assert from "node:assert/strict";
import { join } from "node:path";
import { SILENT_LOG } from "../../shared/http/mod.ts";
import { IMPORTS_AT_ONCE } from "../../shared/limits.ts";
import { PathNotAllowed } from "../../shared/volume/mod.ts";
import type { ImportRunner } from "./import_runner.ts";
import { createDatasetRegistry } from "./register_dataset.ts";
import { png } from "../../tests/support/ingestion/images.ts";
import { makeStored, makeWorld } from "../../tests/support/ingestion/world.ts";

/** Imports that wait until released. */
function heldRunner(): { wrap(runner: ImportRunner): ImportRunner; begun: string[]; go(): void } {
  const gate = Promise.withResolvers<void>();
  const begun: string[] = [];
  return {
    begun,
    go: () => gate.resolve(),
    wrap: (runner) => ({
      async run(id, onProgress, signal): Promise<void> {
        begun.push(id);
        const aborted = new Promise<never>((_, reject) =>
          signal.addEventListener("abort", () => reject(signal.reason))
        );
        await Promise.race([gate.promise, aborted]);
        await runner.run(id, onProgress, signal);
      },
    }),
  };
}

Deno.test("register: from submission to a dataset that is ready", async () => {
  await using world = await makeWorld();
  const { registry, store } = world;
  const { dataset: first } = await registry.register(await world.submission("sample"));
  assert.equal(first.id, "sample");
  assert.equal(first.status, "importing");
  await registry.settled("sample", 60);
  const dataset = (await registry.get("sample"))!;
  assert.equal(dataset.status, "ready", JSON.stringify(dataset.errors));
  const { exams, breasts, images, malignant_breasts, progress, check } = dataset;
  assert.deepEqual({ exams, breasts, images, malignant_breasts, progress, check }, {
    exams: 2,
    breasts: 4,
    images: 8,
    malignant_breasts: 1,
    progress: { done: 8, total: 8 },
    check: "header",
  });
  assert.match(dataset.digest!, /^sha256:[0-9a-f]{64}$/);
  assert.equal(await store.checkpoint("sample"), null);
  assert.equal((await store.exams("sample", 0, 10))!.items[1]!.id, "exam 1");
});

Deno.test("register: a list with faults and missing images is rejected with all of them", async () => {
  await using world = await makeWorld();
  const { registry, data } = world;
  const submission = await world.submission("faulty");
  await Deno.writeTextFile(
    submission.source.path,
    `[
    {"L-CC": ["missing", "0_L-CC"], "cancer_label": {"left_malignant": 3, "right_malignant": 0}},
    {"L-CC": ["1_L-CC"], "cancer_label": {"left_malignant": 0, "right_malignant": 0}}]`,
  );
  await Deno.writeTextFile(join(data, "images/broken.png"), "x");
  await registry.register(submission);
  await registry.settled("faulty", 60);
  const dataset = (await registry.get("faulty"))!;
  assert.equal(dataset.status, "rejected");
  assert.equal(dataset.digest, null);
  assert.deepEqual(dataset.errors.map(({ code, exam }) => [code, exam]), [
    ["label_invalid", "0"],
    ["image_missing", "0"],
  ]);
});

Deno.test("register: a list that cannot be read is one fault", async () => {
  await using world = await makeWorld();
  const submission = await world.submission("unreadable");
  await Deno.writeTextFile(submission.source.path, "{");
  await world.registry.register(submission);
  await world.registry.settled("unreadable", 60);
  const dataset = (await world.registry.get("unreadable"))!;
  assert.deepEqual(dataset.errors.map(({ code }) => code), ["data_list_unreadable"]);
});

Deno.test("register: a name that is fit becomes the id, of others what is ASCII; a number tells clashes apart", async () => {
  await using world = await makeWorld();
  const ids: string[] = [];
  const names = [
    ...[
      "site-A_2.0",
      "München Q3",
      "MUNCHEN Q3",
      "Munchen/Q3",
      "..",
      "a/b",
      "x".repeat(65),
      "-a",
      "Łódź",
    ],
  ];
  for (const name of names) {
    const { outcome, dataset } = await world.registry.register(await world.submission(name));
    assert.equal(outcome, "registered", name);
    ids.push(dataset.id);
  }
  assert.deepEqual(ids, [
    ...["site-A_2.0", "munchen-q3", "munchen-q3-2", "munchen-q3-3", "dataset", "a-b"],
    ...["x".repeat(60), "a", "lodz"],
  ]);
  for (const [index, name] of names.entries()) {
    // Also with accents in the other Unicode form.
    for (const asked of [name, name.normalize("NFD"), ids[index]!]) {
      const { id, name: given } = (await world.registry.get(asked))!;
      assert.deepEqual([id, given], [ids[index], name], asked);
    }
  }
  assert.equal(await world.registry.remove("München Q3"), "removed");
  assert.equal(await world.registry.get("munchen-q3"), null);
  await world.registry.stop();
});

Deno.test("register: the same content under its name or id is the dataset that is there, other content is refused", async () => {
  await using world = await makeWorld();
  const { registry, data } = world;
  const submission = await world.submission("München Q3");
  await registry.register(submission);
  await registry.settled("munchen-q3", 60);
  const copy = join(data, "copy");
  await Deno.mkdir(copy);
  for (const { name } of Deno.readDirSync(join(data, "images"))) {
    await Deno.copyFile(join(data, "images", name), join(copy, name));
  }
  const uploaded = { ...submission, imagesFolder: null, filesFolder: copy };
  for (const name of ["München Q3", "munchen-q3", "Mu\u0308nchen Q3"]) {
    for (const one of [submission, uploaded, { ...submission, check: "pixels" as const }]) {
      const { outcome, dataset } = await registry.register({ ...one, name });
      assert.deepEqual(
        [outcome, dataset.id, dataset.status],
        ["same", "munchen-q3", "ready"],
        name,
      );
    }
    const others: [Partial<typeof submission>, RegExp][] = [
      [{ source: (await world.submission("x", 3)).source }, /data list differs/],
      [{ release: "open" as never }, /release policy/],
      [{ origin: { kind: "dicom", window: null } }, /DICOM/],
    ];
    for (const [change, reason] of others) {
      const refused = await registry.register({ ...submission, name, ...change });
      assert.ok(refused.outcome === "other" && reason.test(refused.difference), String(reason));
    }
  }
  await Deno.writeFile(join(copy, "1_R-CC.png"), png({ pixel: (x, y) => 30000 + x * y }));
  const changed = await registry.register(uploaded);
  assert.ok(changed.outcome === "other");
  assert.match(changed.difference, /1_R-CC\.png \(exam exam 1, R-CC\) has changed/);
  assert.deepEqual(world.folders(), ["munchen-q3"], "nothing is left of what was refused");
});

Deno.test("register: of many who register the same at the same time one does it, the others get that dataset", async () => {
  await using world = await makeWorld();
  const { registry } = world;
  const submission = { ...await world.submission("one"), place: join(world.data, "images") };
  const all = await Promise.all(Array.from({ length: 8 }, () => registry.register(submission)));
  assert.deepEqual(all.map(({ outcome }) => outcome).toSorted(), [
    ...["registered", ...Array(7).fill("same")],
  ]);
  assert.deepEqual(new Set(all.map(({ dataset }) => dataset.id)), new Set(["one"]));
  await registry.settled("one", 60);
  assert.equal((await registry.get("one"))?.status, "ready");
});

Deno.test("register: a rejected dataset gives its name to the mended one, even asked for twice", async () => {
  await using world = await makeWorld();
  const { registry } = world;
  const faulty = await world.submission("again");
  await Deno.writeTextFile(faulty.source.path, "[]");
  await registry.register(faulty);
  await registry.settled("again", 60);
  assert.equal((await registry.get("again"))?.status, "rejected");
  const mended = await world.submission("again");
  const both = await Promise.all([registry.register(mended), registry.register(mended)]);
  assert.deepEqual(both.map(({ outcome }) => outcome).toSorted(), ["registered", "same"]);
  assert.equal((await registry.get("again"))?.status, "ready");
});

Deno.test("register: what fails while it is stored leaves no folder and frees its name", async () => {
  await using world = await makeWorld();
  const submission = await world.submission("a");
  const failing = { ...submission, fillImages: () => Promise.reject(new Error("disk full")) };
  await assert.rejects(world.registry.register(failing), /disk full/);
  const missing = { ...submission, source: { ...submission.source, path: "/nothing" } };
  await assert.rejects(world.registry.register(missing), PathNotAllowed);
  assert.deepEqual(world.folders(), []);
});

Deno.test("register: an import that cannot be carried out is rejected with the reason", async () => {
  await using world = await makeWorld(() => ({
    run: () => Promise.reject(new Error("no space left on device")),
  }));
  await world.registry.register(await world.submission("a"));
  await world.registry.settled("a", 60);
  const dataset = (await world.registry.get("a"))!;
  assert.equal(dataset.status, "rejected");
  assert.equal(dataset.errors[0]?.code, "import_failed");
  assert.match(dataset.errors[0]!.message, /no space left on device/);
});

Deno.test("register: imports wait for their turn, and say so", async () => {
  const held = heldRunner();
  await using world = await makeWorld(held.wrap);
  const { registry } = world;
  const names = Array.from({ length: IMPORTS_AT_ONCE + 2 }, (_, index) => `d${index}`);
  for (const name of names) await registry.register(await world.submission(name));
  assert.equal(held.begun.length, IMPORTS_AT_ONCE);
  assert.equal((await registry.get(names.at(-1)!))?.progress.stage, "waiting");
  assert.equal(await registry.remove(names.at(-1)!), "removed", "also while it waits");
  held.go();
  for (const name of names.slice(0, -1)) {
    await registry.settled(name, 60);
    assert.equal((await registry.get(name))?.status, "ready");
  }
  assert.equal(await registry.get(names.at(-1)!), null);
});

Deno.test("remove: breaks an import off; waits for nobody who uses the dataset", async () => {
  const held = heldRunner();
  await using world = await makeWorld(held.wrap);
  const { registry } = world;
  await registry.register(await world.submission("a"));
  assert.equal(await registry.remove("a"), "removed");
  assert.deepEqual(world.folders(), []);
  assert.equal(await registry.remove("a"), "missing");
  assert.equal(await registry.remove("../a"), "missing");
  held.go();
  await registry.register(await world.submission("a"));
  await registry.settled("a", 60);
  await world.lease("a");
  assert.equal(await registry.remove("a"), "in_use");
  assert.equal((await registry.get("a"))?.status, "ready");
});

Deno.test("remove: of many who remove the same dataset one does it, the others find nothing", async () => {
  await using world = await makeWorld();
  const { registry } = world;
  await registry.register(await world.submission("a"));
  await registry.settled("a", 60);
  const outcomes = await Promise.all(Array.from({ length: 5 }, () => registry.remove("a")));
  assert.deepEqual(outcomes.toSorted(), [...Array(4).fill("missing"), "removed"]);
});

Deno.test("remove: an evaluation that comes at the same moment keeps its dataset, or finds none", async () => {
  await using world = await makeWorld();
  const { registry, store } = world;
  const outcomes = new Set<string>();
  for (let round = 0; round < 60; round++) {
    const id = `d${round}`;
    await store.claim(id);
    await store.put(makeStored({ id, status: "ready" }));
    // As inference does it: first the lease, then a check that the dataset exists.
    const evaluate = async (): Promise<boolean> => {
      await new Promise((resolve) => setTimeout(resolve, round % 6));
      await world.lease(id);
      return await store.get(id) !== null;
    };
    const [removed, mayRun] = await Promise.all([registry.remove(id), evaluate()]);
    outcomes.add(`${removed} ${mayRun}`);
    if (mayRun) assert.notEqual(await store.get(id), null, `round ${round}: ${removed}`);
  }
  assert.ok(!outcomes.has("removed true"), [...outcomes].join(", "));
});

Deno.test("resume: what was importing when the service ended is taken up at its checkpoint", async () => {
  const places = Promise.withResolvers<void>();
  let runs = 0;
  await using world = await makeWorld((runner) => ({
    run(id, onProgress, signal): Promise<void> {
      runs += 1;
      if (runs > 1) return runner.run(id, onProgress, signal);
      // The first run is aborted after one block of images.
      const abort = new AbortController();
      const ended = runner.run(id, (progress) => {
        onProgress(progress);
        if (progress.done > 0) abort.abort();
      }, abort.signal);
      return ended.catch(() => {
        places.resolve();
        return new Promise<never>((_, reject) =>
          signal.addEventListener("abort", () => reject(signal.reason))
        );
      });
    },
  }));
  const { store } = world;
  await world.registry.register(await world.submission("a", 100));
  await places.promise;
  await world.registry.stop();
  assert.equal((await store.get("a"))?.status, "importing", "stopping does not reject");
  const { next } = (await store.places("a", 0, 256))!;
  const none = { listed: [], total: 0 };
  const check = { images: 256, next, errors: none, warnings: none, digest: "d" };
  await store.putCheckpoint("a", { check, noted: 0 });
  const steps: [string | undefined, number][] = [];
  const again = createDatasetRegistry({
    ...{ store, images: world.images, log: SILENT_LOG },
    contentKey: () => Promise.resolve(new Uint8Array(32)),
    runner: {
      run: (id, _, signal) =>
        world.runner.run(id, ({ stage, done }) => void steps.push([stage, done]), signal),
    },
  });
  await again.resume();
  await again.settled("a", 60);
  assert.equal((await again.get("a"))?.status, "ready");
  assert.deepEqual(steps, [["checking", 256], ["checking", 400]], "nothing is read again");
  assert.deepEqual(
    [...Deno.readDirSync(join(world.layout.datasets, "a"))].map(({ name }) => name)
      .sort(),
    ["data_list.pkl", "dataset.json", "exams.jsonl", "images.jsonl", "source.json"],
  );
});

Deno.test("register: a list that ended the service three times is not begun a fourth time", async () => {
  await using world = await makeWorld();
  const { store, registry } = world;
  await store.claim("deadly");
  const { source } = await world.submission("deadly");
  await store.putSource("deadly", "json", source.path);
  await store.put(makeStored({ id: "deadly" }));
  for (let count = 0; count < 3; count++) await store.countReading("deadly");
  await registry.resume();
  await registry.settled("deadly", 60);
  const dataset = (await registry.get("deadly"))!;
  assert.equal(dataset.status, "rejected");
  assert.match(dataset.errors[0]!.message, /started 3 times.* too much memory/);
});

Deno.test("register: where nothing can be written any more, the service goes on", async () => {
  await using world = await makeWorld((runner) => ({
    async run(id, onProgress, signal): Promise<void> {
      // As with a full disk: the import fails, and so does recording the failure.
      await Deno.rename(join(world.layout.datasets, id), join(world.data, id));
      await Deno.writeTextFile(join(world.layout.datasets, id), "in the way");
      await runner.run(id, onProgress, signal);
    },
  }));
  await world.registry.register(await world.submission("full"));
  await world.registry.settled("full", 60);
  await world.registry.register(await world.submission("next"));
  await world.registry.settled("next", 60);
});

Deno.test("an import that finds the volume full waits, and goes on when there is room", async () => {
  let full = 2;
  await using world = await makeWorld((runner) => ({
    async run(id, onProgress, signal): Promise<void> {
      if (full-- > 0) throw new Error("No space left on device (os error 28)");
      await runner.run(id, onProgress, signal);
    },
  }));
  const { dataset: { id } } = await world.registry.register(await world.submission("a"));
  await world.registry.settled(id, 0.1);
  assert.equal((await world.registry.get(id))?.status, "importing");
  await world.registry.settled(id, 300);
  assert.equal((await world.registry.get(id))?.status, "ready");
  assert.equal(full, -1);
});

Deno.test("register: whose exam it is is kept as a pseudonym, and nowhere in clear", async () => {
  await using world = await makeWorld();
  const { registry, store, layout } = world;
  const submission = await world.submission("women", 3);
  const list = JSON.parse(await Deno.readTextFile(submission.source.path));
  for (const exam of list) exam.patient_id = "SECRET";
  await Deno.writeTextFile(submission.source.path, JSON.stringify(list));
  await registry.register(submission);
  await registry.settled("women", 60);
  assert.equal((await registry.get("women"))!.status, "ready");
  const { items } = (await store.exams("women", 0, 3))!;
  const pseudonyms = new Set(items.map(({ extras }) => extras["patient_id"]));
  assert.match(String([...pseudonyms]), /^w[0-9a-f]{20}$/);
  const folder = join(layout.datasets, "women");
  const files = [...Deno.readDirSync(folder)].filter(({ isFile }) => isFile).map(({ name }) =>
    name
  );
  assert.ok(files.includes("data_list.pkl") && !files.includes("source.json"), files.join());
  for (const name of files) {
    const content = new TextDecoder().decode(await Deno.readFile(join(folder, name)));
    assert.doesNotMatch(content, /SECRET/, name);
  }
});
