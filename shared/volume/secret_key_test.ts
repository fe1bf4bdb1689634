import assert from "node:assert/strict";
import { volumeLayout } from "./layout.ts";
import { readServiceToken } from "./secret_key.ts";

Deno.test("services that start at once agree on one token, which nobody else may read", async () => {
  const layout = volumeLayout(await Deno.makeTempDir());
  try {
    const tokens = await Promise.all(Array.from({ length: 20 }, () => readServiceToken(layout)));
    assert.equal(new Set(tokens).size, 1);
    assert.match(tokens[0]!, /^[A-Za-z0-9_-]{43}$/);
    assert.equal((await Deno.stat(layout.serviceToken)).mode! & 0o777, 0o600);
    const files = [...Deno.readDirSync(`${layout.home}/access/service`)].map(({ name }) => name);
    assert.deepEqual(files, ["token"], "no temporary file stays");
  } finally {
    await Deno.remove(layout.home, { recursive: true });
  }
});

Deno.test("a service token that is damaged is refused: an empty one would let everybody in", async () => {
  const layout = volumeLayout(await Deno.makeTempDir());
  try {
    await readServiceToken(layout);
    for (const text of ["", "x", "{}"]) {
      await Deno.writeTextFile(layout.serviceToken, text);
      await assert.rejects(readServiceToken(layout), { name: "StoredFileDamaged" });
    }
  } finally {
    await Deno.remove(layout.home, { recursive: true });
  }
});
