import assert from "node:assert/strict";
import { createJsonCache } from "./json_cache.ts";

Deno.test("a file is read once, and again when it was changed, removed or put back", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/a.json`;
    const read = createJsonCache();
    assert.equal(await read(path), null);
    await Deno.writeTextFile(path, '{"a":[1]}');
    const first = await read(path) as { a: number[] };
    assert.equal(await read(path), first, "the same object");
    assert.throws(() => first.a.push(2), TypeError);
    await Deno.writeTextFile(path, '{"a":[1,2]}');
    assert.deepEqual(await read(path), { a: [1, 2] });
    await Deno.writeTextFile(`${path}.new`, '{"a":[3,4]}');
    await Deno.rename(`${path}.new`, path);
    assert.deepEqual(await read(path), { a: [3, 4] });
    await Deno.remove(path);
    assert.equal(await read(path), null);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
