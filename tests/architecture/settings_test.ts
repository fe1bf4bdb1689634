import assert from "node:assert/strict";
import { settingsTable, tableIn } from "./settings_table.ts";

Deno.test("README's table of settings is what the schema says", async () => {
  const readme = await Deno.readTextFile(new URL("../../README.md", import.meta.url));
  assert.equal(tableIn(readme), settingsTable(), "deno task settings writes it anew");
});
