import assert from "node:assert/strict";
import { createFileDigests } from "./file_digests.ts";

const HELLO = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

Deno.test("a digest follows its file, also when its times were set back", async () => {
  const folder = await Deno.makeTempDir({ prefix: "mammoeval_test_" });
  try {
    const path = `${folder}/predict.sh`;
    // The clock is an hour ahead, so all changes count as old and every digest is cached.
    const digestOf = createFileDigests(() => Date.now() + 3600_000);
    await Deno.writeTextFile(path, "hello");
    await Deno.utime(path, 1000, 1000);
    assert.equal(await digestOf(path), HELLO);
    assert.equal(await digestOf(path), HELLO);
    // Wait, because ctime may be compared in seconds.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await Deno.writeTextFile(path, "other");
    await Deno.utime(path, 1000, 1000);
    assert.notEqual(await digestOf(path), HELLO);
    await assert.rejects(digestOf(`${folder}/nothing`), Deno.errors.NotFound);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
