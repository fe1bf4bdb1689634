import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { DicomConverter } from "./dicom_converter.ts";
import { createProcessDicomConverter } from "./process_dicom_converter.ts";
import { dicomFile } from "../../../tests/support/ingestion/dicom_files.ts";

const PROJECT = fileURLToPath(new URL("../../..", import.meta.url)).replace(/\/$/, "");

interface World extends AsyncDisposable {
  readonly source: string;
  readonly images: string;
  converter(patienceS?: number, entry?: string): DicomConverter;
}

async function makeWorld(): Promise<World> {
  const root = await Deno.makeTempDir({ prefix: "mammoeval-dicom-" });
  const [source, images] = [join(root, "source"), join(root, "images")];
  for (const folder of [source, images]) await Deno.mkdir(folder);
  await Deno.writeFile(join(source, "good"), dicomFile());
  await Deno.writeFile(join(source, "bad"), dicomFile().slice(0, -4));
  return {
    source,
    images,
    converter: (patienceS = 60, entry) =>
      createProcessDicomConverter({
        ...(entry === undefined ? {} : { entry }),
        deno: Deno.execPath(),
        project: PROJECT,
        readable: [source],
        writable: images,
        scratch: join(root, "scratch"),
        lanes: 2,
        patienceS,
      }),
    [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
  };
}

Deno.test("converter: looks at files and converts them, more of them than it has lanes", async () => {
  await using world = await makeWorld();
  await using converter = world.converter();
  const looks = await Promise.all(
    ["good", "good", "bad", "good"].map((name) => converter.inspect(join(world.source, name))),
  );
  assert.deepEqual(looks.map(({ ok }) => ok), [true, true, true, true], "a header is a header");
  const conversions = await Promise.all(["good", "bad"].map((name) =>
    converter.convert({
      path: join(world.source, name),
      target: join(world.images, `${name}.png`),
      window: null,
    })
  ));
  const [good] = conversions;
  assert.ok(good?.ok === true && good.breast === "unclear");
  assert.deepEqual(good.warnings.map(({ code }) => code), ["image_dark"]);
  assert.ok(!conversions[1]!.ok && conversions[1]!.code === "dicom_truncated");
  assert.deepEqual([...Deno.readDirSync(world.images)].map(({ name }) => name), ["good.png"]);
});

Deno.test("converter: may read and write nothing else, and tells no path", async () => {
  await using world = await makeWorld();
  await using converter = world.converter();
  for (const path of ["/etc/passwd", join(world.source, "absent")]) {
    const look = await converter.inspect(path);
    assert.ok(!look.ok);
    assert.doesNotMatch(look.message, /etc|absent|\//);
  }
  const elsewhere = await converter.convert({
    path: join(world.source, "good"),
    target: join(world.source, "out.png"),
    window: null,
  });
  assert.ok(!elsewhere.ok);
});

Deno.test("converter: a file that takes too long costs its process and no more", async () => {
  await using world = await makeWorld();
  await using converter = world.converter(0);
  for (let round = 0; round < 3; round++) {
    const look = await converter.inspect(join(world.source, "good"));
    assert.ok(!look.ok);
    assert.equal(look.code, "dicom_timed_out");
  }
});

for (const stray of ["a library's chatter", "{}", '{"ok":true}\n{"ok":true}']) {
  Deno.test(`converter: ${JSON.stringify(stray)} is an error or an answer, and no request waits on`, async () => {
    await using world = await makeWorld();
    const entry = join(world.source, "stray.ts");
    const program = `for await (const _ of Deno.stdin.readable) console.log(${
      JSON.stringify(stray)
    });`;
    await Deno.writeTextFile(entry, program);
    await using converter = world.converter(60, entry);
    const codes = [];
    for (let ask = 0; ask < 3; ask++) {
      const look = await converter.inspect("/x");
      codes.push(look.ok ? "ok" : look.code);
    }
    const isAnswer = stray.includes("true");
    assert.ok(
      codes.every((code) => code === "dicom_decoder_failed" || (isAnswer && code === "ok")),
    );
  });
}
