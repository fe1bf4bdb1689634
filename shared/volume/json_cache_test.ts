import assert from "node:assert/strict";
import { createJsonCache } from "./json_cache.ts";

Deno.test("what nobody has read for longest is forgotten when there is too much", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const paths = ["a", "b", "c"].map((name) => `${folder}/${name}.json`);
    for (const path of paths) await Deno.writeTextFile(path, '{"a":1}');
    const [a, b, c] = paths as [string, string, string];
    const read = createJsonCache(14);
    const [firstA, firstB] = [await read(a), await read(b)];
    assert.equal(await read(a), firstA);
    await read(c);
    assert.equal(await read(a), firstA, "read since b was");
    assert.notEqual(await read(b), firstB);
    assert.deepEqual(await createJsonCache(6)(a), { a: 1 }, "too large to be kept");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

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
