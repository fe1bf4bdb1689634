import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { temporaryFolder } from "../../../tests/support/temporary_folder.ts";
import { boundsOf, joinParts } from "./join_parts.ts";

/** Joins files of parts, and returns what was written, by path. */
async function joined(
  parts: readonly Readonly<Record<string, string>>[],
  count: number,
): Promise<Record<string, string>> {
  await using stack = new AsyncDisposableStack();
  const root = await temporaryFolder(stack, "mammoeval-test-join-");
  const folders = parts.map((_, at) => join(root, String(at)));
  for (const [at, folder] of folders.entries()) {
    await Deno.mkdir(join(folder, "maps"), { recursive: true });
    for (const [name, text] of Object.entries(parts[at]!)) {
      await Deno.writeTextFile(join(folder, name), text);
    }
    // A container's link leads nowhere.
    await Deno.symlink("/etc/passwd", join(folder, "link.csv"));
  }
  const into = join(root, "into");
  await Deno.mkdir(into);
  await joinParts(folders, count, into);
  const found: Record<string, string> = {};
  for (const folder of ["", "maps"]) {
    const entries = await Array.fromAsync(Deno.readDir(join(into, folder))).catch(() => []);
    for (const { name, isFile } of entries) {
      const path = join(folder, name);
      if (isFile) found[path] = await Deno.readTextFile(join(into, path));
    }
  }
  return found;
}

Deno.test("property: parts are in order, leave out nothing, and differ by at most one exam", () => {
  fc.assert(fc.property(fc.nat(5000), fc.integer({ min: 1, max: 256 }), (count, parts) => {
    const all = Array.from({ length: parts }, (_, at) => boundsOf(count, parts, at));
    assert.equal(all[0]![0], 0);
    assert.equal(all.at(-1)![1], count);
    for (let at = 1; at < parts; at++) assert.equal(all[at]![0], all[at - 1]![1]);
    const sizes = all.map(([first, end]) => end - first);
    assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1);
  }));
});

Deno.test("tables are joined in order, other files keep their names, links are left alone", async () => {
  assert.deepEqual(
    await joined([
      { "p.csv": "image_index,malignant_pred\na,0.1\nb,0.2\n", "maps/a.png": "A" },
      { "p.csv": "image_index,malignant_pred\nc,0.3", "maps/c.png": "C" },
    ], 3),
    {
      "p.csv": "image_index,malignant_pred\na,0.1\nb,0.2\nc,0.3\n",
      ...{ "maps/a.png": "A", "maps/c.png": "C" },
    },
  );
});

Deno.test("exams that a part counts from 0 are counted through", async () => {
  const header = "index,left_malignant,note";
  const { "p.csv": text } = await joined([
    { "p.csv": `${header}\n0,0.1,"a,b"\n` },
    { "p.csv": `${header}\n0,0.2,x\n1,0.3,y\n` },
    { "p.csv": `${header}\n0,0.4,z\n` },
  ], 4);
  // boundsOf(4, 3): 0, 1, 2 and 4.
  assert.equal(text, `${header}\n0,0.1,"a,b"\n1,0.2,x\n2,0.3,y\n2,0.4,z\n`);
});

Deno.test("a part that wrote no table, an empty one or other columns is named", async () => {
  const good = { "p.csv": "a,b\n1,2\n" };
  await assert.rejects(joined([good, {}], 2), /part 2 wrote no p\.csv/);
  await assert.rejects(joined([good, { "p.csv": " \n" }], 2), /part 2 wrote no p\.csv/);
  await assert.rejects(joined([good, { "p.csv": "a,c\n1,2\n" }], 2), /part 2 has other columns/);
});
