import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { HIDDEN_PATHS_MAX } from "../../shared/limits.ts";
import { crowdedFault, findForeignFiles, hiddenFault } from "./foreign_files.ts";
import { png } from "../../tests/support/ingestion/images.ts";

async function withFolder(
  files: readonly string[],
  test: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "mammoeval_test_" });
  try {
    for (const file of files) {
      await Deno.mkdir(dirname(join(folder, file)), { recursive: true });
      await Deno.writeFile(
        join(folder, file),
        /^[^!]*\.png$/i.test(file) ? png() : Uint8Array.of(),
      );
    }
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const LISTED = new Set(["a", "sub/deep/b"]);
const IMAGES = ["a.png", "sub/deep/b.png"];

async function pathsIn(files: readonly string[]): Promise<string[]> {
  let paths: string[] = [];
  await withFolder([...IMAGES, ...files], async (folder) => {
    paths = (await findForeignFiles(folder, LISTED))
      .map(({ path, isFolder }) => isFolder ? `${path}/` : path);
  });
  return paths.sort();
}

Deno.test("findForeignFiles: whatever it is called, what is neither on the list nor a PNG is foreign", async () => {
  const names = [
    ...["data.pkl", "data.json", "data.csv", "DATA.PKL", "data.csv.gz", "labels", ".hidden"],
    ...["labels.npy", "labels.parquet", "labels.xlsx", "labels.tsv", "notes.txt", "pacs.db"],
    ...["labels!.png", "labels!.PNG", "sub/x.json", "sub/deep/y.sqlite", "a.png.bak", 'ä b,c".csv'],
  ];
  assert.deepEqual(await pathsIn(names), [...names].sort());
});

Deno.test("findForeignFiles: PNGs of other lists stay, and so do folders with nothing but them", async () => {
  assert.deepEqual(await pathsIn(["other.png", "OTHER.PNG", "sub/c.png", "more/1/d.png"]), []);
});

Deno.test("findForeignFiles: a folder without an image of the list is one path, however much it holds", async () => {
  assert.deepEqual(
    await pathsIn(["old/1.png", "old/lists/x.pkl", "old/lists/y.pkl", "sub/old/z", "empty/e.png"]),
    ["old/", "sub/old/"],
  );
});

Deno.test("findForeignFiles: links and folders that are not there are nothing, pipes are foreign", () =>
  withFolder([...IMAGES, "data.pkl"], async (folder) => {
    await Deno.symlink("data.pkl", join(folder, "link.csv"));
    await Deno.symlink("/etc", join(folder, "etc"));
    await new Deno.Command("/usr/bin/mkfifo", { args: [join(folder, "pipe")] }).output();
    const found = await findForeignFiles(folder, LISTED);
    assert.deepEqual(found.map(({ path }) => path), ["data.pkl", "pipe"]);
    assert.deepEqual(await findForeignFiles(join(folder, "nothing"), LISTED), []);
  }));

Deno.test("crowdedFault: more than can be hidden is refused with what to do, and so is a name that cannot be given", () => {
  const many = Array.from({ length: HIDDEN_PATHS_MAX + 1 }, (_, index) => {
    const path = `${index}.csv`;
    return { path, isFolder: false, file: path };
  });
  assert.equal(crowdedFault(many.slice(1)), null);
  const fault = crowdedFault(many)!;
  assert.equal(fault.code, "images_folder_crowded");
  assert.match(fault.message, /contains 501 files .* "0\.csv": at most 500 .* Move them out/);
  const odd = { path: "b\ufffd.csv", isFolder: false, file: "b\ufffd.csv" };
  assert.match(crowdedFault([odd])!.message, /not UTF-8/);
});

Deno.test("hiddenFault: names the file, or the folder with the file that was found in it", () => {
  const file = hiddenFault({ path: "data.pkl", isFolder: false, file: "data.pkl" });
  assert.equal(file.code, "file_hidden");
  assert.match(file.message, /^"data\.pkl" in the images folder is not an image: it is hidden/);
  const folder = hiddenFault({ path: "old", isFolder: true, file: "old/x.pkl" });
  assert.match(folder.message, /^The folder "old" .* \("old\/x\.pkl"\)/);
});
