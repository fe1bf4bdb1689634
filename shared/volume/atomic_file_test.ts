import assert from "node:assert/strict";
import { basename, dirname, join } from "node:path";
import {
  readJson,
  temporaryPath,
  writeFileAtomic,
  writeFilesAtomic,
  writeJsonAtomic,
} from "./atomic_file.ts";

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "mammoeval_test_" });
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const namesIn = (folder: string): string[] => [...Deno.readDirSync(folder)].map(({ name }) => name);

Deno.test("a file is written whole, in place of an older one, with nothing beside it", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a.txt");
    await writeFileAtomic(path, "first, and longer");
    await writeFileAtomic(path, new TextEncoder().encode("zweite: ü"));
    assert.equal(await Deno.readTextFile(path), "zweite: ü");
    assert.deepEqual(namesIn(folder), ["a.txt"]);
  }));

Deno.test("what cannot be put in its place leaves the old one and no half one", () =>
  inFolder(async (folder) => {
    const taken = join(folder, "taken");
    await Deno.mkdir(join(taken, "inside"), { recursive: true });
    await assert.rejects(writeFileAtomic(taken, "text"));
    assert.deepEqual(namesIn(folder), ["taken"]);
    await assert.rejects(writeFileAtomic(join(folder, "missing", "a.txt"), "text"));
  }));

Deno.test("writers at the same time: one of them wins, whole", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a.txt");
    const texts = Array.from({ length: 8 }, (_, index) => String(index).repeat(100_000));
    await Promise.all(texts.map((text) => writeFileAtomic(path, text)));
    assert.ok(texts.includes(await Deno.readTextFile(path)));
    assert.deepEqual(namesIn(folder), ["a.txt"]);
  }));

Deno.test("several files: each whole; where one cannot be, nothing half stays", () =>
  inFolder(async (folder) => {
    const files = [1, 2, 3].map((at) => ({ name: `${at}.txt`, content: String(at) }));
    await writeFilesAtomic(folder, files);
    assert.deepEqual(namesIn(folder).sort(), ["1.txt", "2.txt", "3.txt"]);
    await Deno.remove(join(folder, "2.txt"));
    await Deno.mkdir(join(folder, "2.txt", "inside"), { recursive: true });
    const again = files.map(({ name }) => ({ name, content: new TextEncoder().encode("again") }));
    await assert.rejects(writeFilesAtomic(folder, again));
    assert.deepEqual(namesIn(folder).sort(), ["1.txt", "2.txt", "3.txt"]);
    assert.equal(await Deno.readTextFile(join(folder, "3.txt")), "again");
  }));

Deno.test("JSON: written to be read by people, missing is null, broken is named", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a.json");
    assert.equal(await readJson(path), null);
    await writeJsonAtomic(path, { a: [1] });
    assert.match(await Deno.readTextFile(path), /^\{\n {2}"a"/);
    assert.deepEqual(await readJson(path), { a: [1] });
    assert.equal(await readJson(join(path, "below a file")), null);
    await Deno.writeTextFile(path, "{");
    await assert.rejects(readJson(path), /Cannot read .*a\.json: it is not JSON/);
  }));

Deno.test("a temporary name is fresh, hidden, beside its file", () => {
  const [first, second] = [temporaryPath("/x/a.txt"), temporaryPath("/x/a.txt")];
  assert.notEqual(first, second);
  assert.equal(dirname(first), "/x");
  assert.match(basename(first), /^\.a\.txt\..+\.partial$/);
});
