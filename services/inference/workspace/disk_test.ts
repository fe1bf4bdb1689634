import assert from "node:assert/strict";
import { bytesBelow, freeBytes } from "./disk.ts";

Deno.test("folders too deep to look into count as more than any limit", async () => {
  const folder = await Deno.makeTempDir();
  const name = "d".repeat(250);
  // Descends step by step like a container, so that no path is longer than its last name.
  const script = `cd "$0" && for i in $(seq 20); do mkdir ${name} && cd ${name}; done`;
  try {
    await new Deno.Command("bash", { args: ["-c", script, folder] }).output();
    assert.equal(await bytesBelow([folder]), Infinity);
  } finally {
    await new Deno.Command("rm", { args: ["-rf", folder] }).output();
  }
});

Deno.test("what lies below folders is added up, links are not followed", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/a/b`, { recursive: true });
    await Deno.writeFile(`${folder}/a/b/one`, new Uint8Array(100_000));
    await Deno.writeFile(`${folder}/two`, new Uint8Array(50_000));
    await Deno.symlink("/", `${folder}/link`);
    const bytes = await bytesBelow([folder, `${folder}/missing`]);
    assert.ok(bytes! >= 150_000 && bytes! < 400_000, String(bytes));
    await Deno.mkdir(`${folder}/many`);
    for (let at = 0; at < 100; at++) await Deno.writeFile(`${folder}/many/${at}`, new Uint8Array());
    assert.ok((await bytesBelow([`${folder}/many`]))! >= 100 * 4096, "empty files count");
    assert.equal(await bytesBelow([`${folder}/missing`]), null);
    assert.ok((await freeBytes(folder))! > 0);
    assert.equal(await freeBytes(`${folder}/missing`), null);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
