import assert from "node:assert/strict";
import { bytesBelow, freeBytes } from "./disk.ts";

Deno.test("what lies below folders is added up, links are not followed", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/a/b`, { recursive: true });
    await Deno.writeFile(`${folder}/a/b/one`, new Uint8Array(100_000));
    await Deno.writeFile(`${folder}/two`, new Uint8Array(50_000));
    await Deno.symlink("/", `${folder}/link`);
    const bytes = await bytesBelow([folder, `${folder}/missing`]);
    assert.ok(bytes! >= 150_000 && bytes! < 400_000, String(bytes));
    assert.equal(await bytesBelow([`${folder}/missing`]), null);
    assert.ok((await freeBytes(folder))! > 0);
    assert.equal(await freeBytes(`${folder}/missing`), null);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
