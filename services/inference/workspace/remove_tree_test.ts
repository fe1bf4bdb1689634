import assert from "node:assert/strict";
import { join } from "node:path";
import { flatten, removeTree } from "./remove_tree.ts";

/** Creates a chain of folders with long names, from its end, so that no path gets too long. */
async function makeChain(root: string, levels: number): Promise<void> {
  const name = "d".repeat(200);
  const [inner, outer] = [join(root, "inner"), join(root, "outer")];
  await Deno.mkdir(inner);
  await Deno.writeTextFile(join(inner, "file"), "");
  for (let level = 0; level < levels; level++) {
    await Deno.mkdir(outer);
    await Deno.rename(inner, join(outer, name));
    await Deno.rename(outer, inner);
  }
}

Deno.test("what lies deeper than a path is long comes up, and is removed", async () => {
  const root = await Deno.makeTempDir();
  await makeChain(root, 60);
  await Deno.symlink("/", join(root, "out"));
  await flatten(root);
  const chains = [...Deno.readDirSync(root)].filter(({ isDirectory }) => isDirectory);
  assert.ok(chains.length > 4, "a path to each");
  for (const { name } of chains) await Deno.remove(join(root, name), { recursive: true });
  assert.deepEqual([...Deno.readDirSync(root)].map(({ name }) => name), ["out"]);
  await makeChain(root, 30);
  await removeTree(root);
  await assert.rejects(Deno.stat(root), Deno.errors.NotFound);
  await removeTree(root);
});
