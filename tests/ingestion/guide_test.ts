import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT } from "../support/embedded_service.ts";

/** Codes that a folder's sources give faults, told by how they are written there. */
async function codesIn(folder: string, pattern: RegExp): Promise<string[]> {
  const codes: string[] = [];
  for await (const { name } of Deno.readDir(join(PROJECT, folder))) {
    if (!name.endsWith(".ts") || name.endsWith("_test.ts")) continue;
    const text = await Deno.readTextFile(join(PROJECT, folder, name));
    codes.push(...[...text.matchAll(pattern)].map((match) => match[1]!));
  }
  return codes;
}

Deno.test("the table of codes says of every fault what to do", async () => {
  const guide = await Deno.readTextFile(join(PROJECT, "docs/problem_types.md"));
  const codes = new Set([
    ...await codesIn("shared/format/data_list", /\bcode: "([a-z_0-9]+)"/g),
    ...await codesIn("services/ingestion", /\bcode: "([a-z_0-9]+)"/g),
    ...await codesIn("services/ingestion", /"(image_[a-z_0-9]+)"/g),
  ]);
  assert.ok(codes.size > 25, `${codes.size} codes`);
  assert.deepEqual([...codes].filter((code) => !guide.includes(`\`${code}\``)), []);
});
