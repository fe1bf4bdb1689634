import assert from "node:assert/strict";
import { type Row, runFamily, tableOf } from "./attack_table.ts";
import { startAttackWorld } from "./attack_world.ts";
import { familiesOf } from "./families.ts";
import { siteUses } from "./families/sites.ts";
import { foreignMarkup } from "./families/texts.ts";
import { runWithoutGuards, UNGUARDED } from "./open_house.ts";

Deno.test("attacks: none gets through, and of each family some would without its guard", async (t) => {
  const rows: Row[] = [];
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
  const open = await runWithoutGuards();
  Deno.stderr.writeSync(new TextEncoder().encode(tableOf(rows, open)));
  const cannotFail = rows.map(({ family }) => family).filter((family) =>
    !UNGUARDED.has(family) && (open.find((row) => row.family === family)?.through.length ?? 0) === 0
  );
  assert.deepEqual(cannotFail, [], "a check that cannot fail shows nothing");
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
