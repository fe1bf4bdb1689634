import assert from "node:assert/strict";
import { SETTINGS } from "../../shared/settings.ts";

Deno.test("README's table has every setting, and none that there is not", async () => {
  const readme = await Deno.readTextFile(new URL("../../README.md", import.meta.url));
  const table = /^## Settings\n(.*?)^## /ms.exec(readme)?.[1] ?? "";
  const named = new Set(table.match(/MAMMOEVAL_[A-Z_]+/g));
  const ofCommands = ["MAMMOEVAL_URL", "MAMMOEVAL_TOKEN"];
  assert.deepEqual([...named].toSorted(), [...Object.keys(SETTINGS), ...ofCommands].toSorted());
});
