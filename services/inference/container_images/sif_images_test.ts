import assert from "node:assert/strict";
import { join } from "node:path";
import { readDockerArchive } from "./sif_images.ts";
import { pack } from "tar-stream";

const HEX = "ab".repeat(32);
const CONFIG = JSON.stringify({ config: { Labels: { "mammoeval.model": "toy" } } });

/** Writes an archive and reads it. */
async function read(files: Readonly<Record<string, string>>): ReturnType<typeof readDockerArchive> {
  const folder = await Deno.makeTempDir();
  try {
    const tar = pack();
    for (const [name, content] of Object.entries(files)) tar.entry({ name }, content);
    tar.finalize();
    const path = join(folder, "image.tar");
    const parts = await Array.fromAsync(tar as AsyncIterable<Uint8Array<ArrayBuffer>>);
    await Deno.writeFile(path, await new Blob(parts).bytes());
    return await readDockerArchive(path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function manifest(...images: readonly Record<string, unknown>[]): string {
  return JSON.stringify(images);
}

Deno.test("an archive tells tag, digest and labels, in the older layout and in today's", async () => {
  for (const config of [`${HEX}.json`, `blobs/sha256/${HEX}`]) {
    const image = { Config: config, RepoTags: ["mammoeval/toy:1"], Layers: [] };
    const layer = "x".repeat(3 * 1024 * 1024);
    const archive = await read({ layer, [config]: CONFIG, "manifest.json": manifest(image) });
    assert.deepEqual(archive, {
      tag: "mammoeval/toy:1",
      digest: `sha256:${HEX}`,
      labels: { "mammoeval.model": "toy" },
    });
  }
});

Deno.test("what is no archive of one image with a tag is refused with the reason", async () => {
  const config = `${HEX}.json`;
  const image = { Config: config, RepoTags: ["a:1"] };
  const cases: [Record<string, string>, RegExp][] = [
    [{ other: "x" }, /no manifest\.json/],
    [{ "manifest.json": "{" }, /no manifest\.json/],
    [{ "manifest.json": manifest() }, /one image with a tag/],
    [{ "manifest.json": manifest(image, image), [config]: CONFIG }, /one image with a tag/],
    [{ "manifest.json": manifest({ ...image, RepoTags: null }), [config]: CONFIG }, /one image/],
    [{ "manifest.json": manifest(image) }, /no configuration/],
  ];
  for (const [files, reason] of cases) await assert.rejects(read(files), reason);
  await assert.rejects(readDockerArchive("/nowhere/image.tar"), /There is no file/);
});
