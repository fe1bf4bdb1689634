import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

Deno.test("contracts say mayBeMissing, which the API's document understands", async () => {
  const folder = fileURLToPath(new URL("../../shared/contracts", import.meta.url));
  const found: string[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    const text = await Deno.readTextFile(join(folder, name));
    if (/\.exactOptional\(/.test(text)) found.push(name);
  }
  assert.deepEqual(found, []);
});
