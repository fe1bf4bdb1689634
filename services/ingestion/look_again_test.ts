import assert from "node:assert/strict";
import { join } from "node:path";
import type { ImagesLook } from "../../shared/contracts/datasets.ts";
import type { Fault } from "../../shared/domain/mod.ts";
import { datasetFiles } from "../../shared/volume/mod.ts";
import type { StoredDataset } from "./dataset_store.ts";
import { foreignFilesOf, lookAgain } from "./look_again.ts";
import { png } from "../../tests/support/ingestion/images.ts";
import { makeWorld, type World } from "../../tests/support/ingestion/world.ts";

/** Registers exams whose images are separate files, not links to one. */
async function register(world: World, exams: number): Promise<StoredDataset> {
  const submission = await world.submission("a", exams);
  for (const { name } of Deno.readDirSync(submission.imagesFolder!)) {
    if (name === "good.png" || !name.endsWith(".png")) continue;
    const path = join(submission.imagesFolder!, name);
    await Deno.remove(path);
    await Deno.writeFile(path, png());
  }
  await world.registry.register(submission);
  await world.registry.settled("a", 30);
  const dataset = (await world.registry.get("a"))!;
  assert.equal(dataset.status, "ready");
  return dataset;
}

async function allFaults(dataset: StoredDataset, world: World): Promise<Fault[]> {
  const faults: Fault[] = [];
  for (let start: number | null = 0; start !== null;) {
    const look: ImagesLook = (await lookAgain(dataset, world, start))!;
    faults.push(...look.faults);
    start = look.next;
  }
  return faults;
}

/** Changes an image and returns the fault found then. */
async function faultAfter(
  act: (path: string) => Promise<unknown> | unknown,
): Promise<Fault | undefined> {
  await using world = await makeWorld();
  const dataset = await register(world, 2);
  assert.deepEqual(await allFaults(dataset, world), [], "nothing has changed yet");
  await act(join(dataset.images_folder, "1_R-CC.png"));
  const faults = await allFaults(dataset, world);
  assert.ok(faults.length <= 1);
  return faults[0];
}

const PLACE = { exam: "exam 1", view: "R-CC", image: "1_R-CC" };

/** Changes a file but keeps its times. */
async function quietly(path: string, change: () => unknown): Promise<void> {
  const { atime, mtime } = await Deno.stat(path);
  await change();
  await Deno.utime(path, atime!, mtime!);
}

Deno.test("lookAgain: an image that is gone is absent, by exam, view and name", async () => {
  const fault = await faultAfter((path) => Deno.remove(path));
  const { message, ...rest } = fault!;
  assert.deepEqual(rest, { ...PLACE, code: "image_absent" });
  assert.match(message, /^1_R-CC\.png \(exam exam 1, R-CC\) is no longer in the images folder/);
});

Deno.test("lookAgain: size, both ends and time each tell another file", async () => {
  const other = png({ pixel: (x, y) => (x * 31 + y * 17) % 60_000 });
  const changes: Record<string, (path: string) => Promise<unknown>> = {
    "its size is": (path) => Deno.truncate(path, 1000),
    "its content is different": (path) =>
      quietly(path, () => {
        const bytes = Deno.readFileSync(path);
        bytes[bytes.length - 20]! ^= 1;
        Deno.writeFileSync(path, bytes);
      }),
    "the file was written again": async (path) => {
      const bytes = await Deno.readFile(path);
      await Deno.writeFile(path, bytes);
      await Deno.utime(path, new Date(), new Date(1_900_000_000_123));
    },
    "its size is .* instead of": (path) => Deno.writeFile(path, other),
    "it cannot be read": async (path) => {
      await Deno.remove(path);
      await Deno.symlink("/etc/hostname", path);
    },
  };
  for (const [words, change] of Object.entries(changes)) {
    const fault = await faultAfter(change);
    assert.equal(fault?.code, "image_changed", words);
    assert.match(fault!.message, new RegExp(words));
  }
});

Deno.test("lookAgain: what an archive restored, with whole seconds, is the same file", async () => {
  const fault = await faultAfter(async (path) => {
    const { atime, mtime } = await Deno.stat(path);
    await Deno.utime(path, atime!, Math.floor(mtime!.getTime() / 1000));
  });
  assert.equal(fault, undefined);
});

Deno.test("lookAgain: many images come in parts, each once", async () => {
  await using world = await makeWorld();
  const dataset = await register(world, 100);
  await Deno.remove(dataset.images_folder, { recursive: true });
  const faults = await allFaults(dataset, world);
  assert.equal(new Set(faults.map(({ image }) => image)).size, 400);
  assert.equal(faults.length, 400);
  assert.equal(await lookAgain(dataset, world, 1), null, "there is no image at this position");
});

Deno.test("lookAgain: of a dataset of an older version it is known which images are gone", async () => {
  await using world = await makeWorld();
  const dataset = await register(world, 2);
  await Deno.remove(datasetFiles(world.layout, "a").imageNotes);
  await Deno.truncate(join(dataset.images_folder, "0_L-CC.png"), 1000);
  await Deno.remove(join(dataset.images_folder, "1_R-CC.png"));
  const faults = await allFaults(dataset, world);
  assert.deepEqual(faults.map(({ code, image }) => [code, image]), [["image_absent", "1_R-CC"]]);
});

Deno.test("a data list beside the images is a warning, and hidden also when it came later", async () => {
  await using world = await makeWorld();
  const folder = join(world.data, "images");
  await Deno.mkdir(join(folder, "lists"));
  await Deno.writeTextFile(join(folder, "lists/labels.JSON.gz"), "");
  await Deno.writeTextFile(join(folder, "data.pkl"), "");
  const dataset = await register(world, 2);
  assert.deepEqual(dataset.warnings.map(({ code }) => code), ["file_hidden", "file_hidden"]);
  assert.match(dataset.warnings[0]!.message, /data\.pkl/);
  assert.match(dataset.warnings[1]!.message, /lists\/labels\.JSON\.gz/);
  await Deno.writeTextFile(join(folder, "later.csv"), "");
  assert.deepEqual(await foreignFilesOf(dataset, world.store), {
    fault: null,
    paths: [
      { path: "data.pkl", isFolder: false },
      { path: "later.csv", isFolder: false },
      { path: "lists", isFolder: true },
    ],
  });
  for (let index = 0; index < 500; index++) {
    await Deno.writeTextFile(join(folder, `${index}.x`), "");
  }
  const crowded = await foreignFilesOf(dataset, world.store);
  assert.deepEqual([crowded.paths, crowded.fault?.code], [[], "images_folder_crowded"]);
  const { imagesFolder, ...rest } = await world.submission("b", 2);
  await world.registry.register({ ...rest, imagesFolder });
  await world.registry.settled("b", 30);
  const refused = (await world.registry.get("b"))!;
  assert.deepEqual(
    [refused.status, refused.errors.map(({ code }) => code)],
    ["rejected", ["images_folder_crowded"]],
  );
});
