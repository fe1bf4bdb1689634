import assert from "node:assert/strict";
import { join } from "node:path";
import { volumeLayout } from "../../../shared/volume/mod.ts";
import type { DataList } from "../../../shared/format/mod.ts";
import { convertFolder } from "./convert_folder.ts";
import { answerRequest } from "./converter/work.ts";
import type { Conversion, DicomConverter, Inspection } from "./dicom_converter.ts";
import type { SealedStore } from "./sealed_store.ts";
import { readLabels } from "./labels.ts";
import { dicomFile } from "../../../tests/support/ingestion/dicom_files.ts";
import { createVolumeSealedStore } from "./volume_sealed_store.ts";

interface World extends AsyncDisposable {
  readonly folder: string;
  readonly images: string;
  readonly sealedStore: SealedStore;
  /** Names of the PNGs and any other files next to them. */
  names(): string[];
  /** Imports; stops before this conversion, as if killed. */
  run(killedAt?: number): Promise<DataList>;
  /** Number of conversions since the last call. */
  conversions(): number;
}

async function makeWorld(): Promise<World> {
  const root = await Deno.makeTempDir({ prefix: "mammoeval-dicom-" });
  const [folder, images] = [join(root, "in"), join(root, "home/datasets/d/images")];
  await Deno.mkdir(join(folder, "sub"), { recursive: true });
  await Deno.mkdir(join(root, "home/datasets/d/import"), { recursive: true });
  for (const [index, view] of ["CC", "MLO"].entries()) {
    for (const side of ["L", "R"]) {
      const texts = {
        SOPInstanceUID: `9.${index}.${side.charCodeAt(0)}`,
        ViewPosition: view,
        ImageLaterality: side,
      };
      await Deno.writeFile(join(folder, "sub", `${side}${view}`), dicomFile({ texts }));
    }
  }
  const sealedStore = createVolumeSealedStore(volumeLayout(join(root, "home")));
  let converted = 0;
  function converter(killedAt: number): DicomConverter {
    let count = 0;
    return {
      lanes: 1,
      inspect: (path) => answerRequest({ do: "inspect", path }) as Promise<Inspection>,
      convert(order): Promise<Conversion> {
        if (count++ === killedAt) throw new Error("killed");
        converted += 1;
        const request = { do: "convert", ...order } as const;
        return answerRequest(request) as Promise<Conversion>;
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }
  return {
    folder,
    images,
    sealedStore,
    names: () => [...Deno.readDirSync(images)].map(({ name }) => name).sort(),
    run: (killedAt = Infinity) =>
      convertFolder({
        dataset: "d",
        folder,
        imagesFolder: images,
        labels: readLabels("StudyInstanceUID,left_malignant,right_malignant,site\n1.2.3,0,1,4\n"),
        window: null,
        converter: converter(killedAt),
        sealedStore,
        onProgress: () => {},
      }),
    conversions(): number {
      const count = converted;
      converted = 0;
      return count;
    },
    [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
  };
}

Deno.test("convertFolder: sub-folders, names without endings, one exam with its truth", async () => {
  await using world = await makeWorld();
  await Deno.symlink(join(world.folder, "sub/LCC"), join(world.folder, "link"));
  const { exams, errors, warnings } = await world.run();
  assert.deepEqual(errors, []);
  assert.deepEqual(
    [...new Set(warnings.map(({ code }) => code))],
    ["orientation_unknown", "image_dark"],
  );
  const [exam] = exams;
  assert.deepEqual(exam!.malignant, { left: 0, right: 1 });
  assert.equal(exam!.extras["site"], 4);
  assert.equal(exam!.horizontalFlip, false);
  const named = Object.values(exam!.images).flat().map((name) => `${name}.png`);
  assert.deepEqual(world.names(), named.sort());
  assert.equal(named.length, 4);
});

Deno.test("convertFolder: after a kill it goes on, and leaves nothing of the first time", async () => {
  await using world = await makeWorld();
  await assert.rejects(world.run(2), /killed/);
  assert.equal(world.conversions(), 2);
  const kept = world.names();
  // A kill during a write leaves a temporary file and a torn line of notes.
  await Deno.writeTextFile(join(world.images, ".half.png.0123.partial"), "half");
  const notes = join(world.images, "../import/converted.jsonl");
  await Deno.writeTextFile(notes, '{"name":"torn', { append: true });
  const list = await world.run();
  assert.deepEqual(list.errors, []);
  assert.equal(world.conversions(), 2, "what is converted is not converted again");
  assert.equal(world.names().length, 4);
  for (const name of kept) assert.ok(world.names().includes(name));
});

Deno.test("convertFolder: a file that changes between two attempts is converted anew", async () => {
  await using world = await makeWorld();
  await world.run();
  world.conversions();
  const before = world.names();
  const texts = { SOPInstanceUID: "9.0.76", ViewPosition: "CC", ImageLaterality: "L" };
  await Deno.writeFile(join(world.folder, "sub/LCC"), dicomFile({ texts, columns: 8 }));
  await world.run();
  assert.equal(world.conversions(), 1);
  const after = world.names();
  assert.equal(after.length, 4, "the old PNG is gone");
  assert.equal(after.filter((name) => before.includes(name)).length, 3);
});

Deno.test("convertFolder: an image that cannot be converted is an error by place and exam", async () => {
  await using world = await makeWorld();
  const bytes = dicomFile({
    texts: { SOPInstanceUID: "9.5", ViewPosition: "CC", ImageLaterality: "L" },
  });
  await Deno.writeFile(join(world.folder, "broken"), bytes.slice(0, -4));
  const { errors } = await world.run();
  assert.equal(errors.length, 1);
  const { code, row, view, message } = errors[0]!;
  assert.deepEqual([code, row, view], ["dicom_truncated", 1, "L-CC"]);
  assert.match(
    message,
    /^File 1 \(of find .*\), L-CC of exam e[0-9a-f]{20}, ends within its pixels/,
  );
});

const SECRET = { folder: "/data/Anna", dicomweb: null, labels: "secret" };

Deno.test("vault: one key for all, for its owner only; requests are sealed", async () => {
  await using world = await makeWorld();
  const { sealedStore } = world;
  const keys = await Promise.all(Array.from({ length: 8 }, () => sealedStore.key()));
  for (const key of keys) assert.deepEqual(key, keys[0]);
  assert.equal(keys[0]!.length, 32);
  const home = join(world.images, "../../..");
  const { mode } = await Deno.stat(join(home, "pseudonyms/key"));
  assert.equal(mode! & 0o777, 0o600);
  await sealedStore.putRequest("d", SECRET);
  const sealed = await Deno.readFile(join(home, "datasets/d/import/request.sealed"));
  const text = new TextDecoder("latin1").decode(sealed);
  for (const secret of ["Anna", "secret", "folder"]) assert.ok(!text.includes(secret));
  assert.deepEqual(await sealedStore.request("d"), SECRET);
  await assert.rejects(sealedStore.request("other"), /send it again/);
  await Deno.writeFile(join(home, "pseudonyms/key"), new Uint8Array(32));
  await assert.rejects(sealedStore.request("d"), RangeError);
});
