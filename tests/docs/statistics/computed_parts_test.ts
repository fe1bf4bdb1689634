import assert from "node:assert/strict";
import { computeParts, DOCUMENT, PICTURE_FOLDER, PICTURES } from "./computed_parts.ts";
import { measure } from "./thousand_women.ts";

const ANEW = "deno task statistics_document computes them anew";

Deno.test("statistics: the numbers of the text and its pictures are what comes out", async (t) => {
  await t.step("text", async () => {
    const document = await Deno.readTextFile(DOCUMENT);
    assert.equal(document, computeParts(document), ANEW);
  });
  for (const [name, draw] of Object.entries(PICTURES)) {
    await t.step(name, async () => {
      assert.equal(await Deno.readTextFile(new URL(name, PICTURE_FOLDER)), draw(), ANEW);
    });
  }
});

Deno.test("statistics: women are counted as an operating point counts them", () => {
  const { point, recalledWith, recalledWithout } = measure();
  const recalled = 0.006 * recalledWith + 0.994 * recalledWithout;
  assert.ok(Math.abs(point.atPrevalence!.recallRate.value.value! - recalled) < 1e-12);
});

Deno.test("statistics: a part that is not known, or not there, is told", () => {
  assert.throws(
    () => computeParts("<!-- computed: x -->\n<!-- end of computed -->"),
    /nothing is called so/,
  );
  assert.throws(() => computeParts(""), /Cannot find the parts/);
});
