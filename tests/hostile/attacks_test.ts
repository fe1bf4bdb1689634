import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT } from "../support/embedded_service.ts";
import { type Row, runFamily, tableOf } from "./attack_table.ts";
import { startAttackWorld } from "./attack_world.ts";
import { familiesOf, MAKERS } from "./families.ts";
import { siteUses } from "./families/sites.ts";
import { foreignMarkup } from "./families/texts.ts";
import { runWithoutGuards, UNGUARDED } from "./open_house.ts";

Deno.test("attacks: none gets through, and of each family some would without its guard", async (t) => {
  const rows: Row[] = [];
  // Mostly waits for attacks that hang, so it runs beside the others.
  const unguarded = runWithoutGuards();
  unguarded.catch(() => {});
  {
    await using world = await startAttackWorld();
    assert.deepEqual(await siteUses(world), [], "the same requests without an attack work");
    for (const family of await familiesOf(world)) {
      await t.step(family.name, async () => {
        const row = await runFamily(family);
        rows.push(row);
        assert.deepEqual(row.through, []);
      });
    }
  }
  const open = await unguarded;
  Deno.stderr.writeSync(new TextEncoder().encode(tableOf(rows, open)));
  const cannotFail = rows.map(({ family }) => family).filter((family) =>
    !UNGUARDED.has(family) && (open.find((row) => row.family === family)?.through.length ?? 0) === 0
  );
  assert.deepEqual(cannotFail, [], "a check that cannot fail shows nothing");
});

Deno.test("the document on security says of every family what stands in its way", async () => {
  const text = await Deno.readTextFile(join(PROJECT, "docs", "security.md"));
  const table = /\| family \|.*\n\|---\|---\|\n((?:\|.*\n)+)/.exec(text)?.[1] ?? "";
  const told = table.trim().split("\n").map((line) => line.split("|")[1]!.trim());
  assert.deepEqual(told, MAKERS.map(([name]) => name));
});

Deno.test("markup that is not escaped would be found on a page", () => {
  for (
    const page of [
      "<p><zq9x onzq9x=1></p>",
      '<p title=""onzq9x=1></p>',
      `<a title='x' onzq9x="1">`,
      '<a href="javascript:zq9x">',
    ]
  ) assert.notEqual(foreignMarkup(page), null, page);
  assert.equal(foreignMarkup('<p title="&lt;zq9x onzq9x=1>">zq9x &lt;zq9x></p>'), null);
});
