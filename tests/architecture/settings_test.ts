import assert from "node:assert/strict";
import { SETTINGS_DOCUMENT, settingsTable, tableIn } from "./settings_table.ts";

Deno.test("The document's table of settings is what the schema says", async () => {
  const document = await Deno.readTextFile(SETTINGS_DOCUMENT);
  assert.equal(tableIn(document), settingsTable(), "deno task settings writes it anew");
});
