import { createCanvas } from "@napi-rs/canvas";
import fc from "fast-check";
import assert from "node:assert/strict";
import { CANVAS_FONT, registerFonts } from "./render_png.ts";
import { estimateWidth, wrapText } from "./text_fit.ts";

/** Typical texts of charts. */
const REAL = [
  "AUROC 0.867 (95 % CI 0.500–1.000)",
  "False-positive rate (1 − specificity)",
  "nyu_gmic · experiment01 · autumn-2025_screening.v2",
  "MMMMMMMMMM WWWWWWWWWW",
  "specificity ≥ 0.90 by exam",
  "density = extremely dense (ACR d), 1,024 exams",
  "Średnica guza, größer, 乳房X線",
];

Deno.test("the estimated width is no less than what the font needs", () => {
  registerFonts();
  const context = createCanvas(10, 10).getContext("2d");
  for (const size of [13, 14, 18]) {
    context.font = `${size}px "${CANVAS_FONT}"`;
    for (const text of REAL) {
      const needed = context.measureText(text).width;
      assert.ok(estimateWidth(text, size) >= needed, `${text} at ${size}`);
      assert.ok(estimateWidth(text, size) <= needed * 1.5, `${text} at ${size}: far too wide`);
    }
  }
});

Deno.test("lines fit, and nothing but spaces is lost while there is room", () => {
  fc.assert(fc.property(
    fc.string({ unit: "grapheme", maxLength: 120 }),
    fc.integer({ min: 40, max: 400 }),
    (text, width) => {
      const lines = wrapText(text, 14, width, 1000);
      for (const line of lines) assert.ok(estimateWidth(line, 14) <= width, line);
      const squeezed = (value: string): string =>
        // deno-lint-ignore no-control-regex -- control characters count as spaces
        value.toWellFormed().replaceAll(/[\s\u0000-\u001f\u007f-\u009f\ufffe\uffff]/gu, "");
      assert.equal(squeezed(lines.join("")), squeezed(text));
    },
  ));
});

Deno.test("what does not fit ends in an ellipsis that fits too", () => {
  fc.assert(fc.property(
    fc.string({ unit: "grapheme", minLength: 60, maxLength: 200 }),
    fc.integer({ min: 1, max: 3 }),
    (text, linesMax) => {
      const all = wrapText(text, 14, 120, 1000);
      const lines = wrapText(text, 14, 120, linesMax);
      assert.ok(lines.length <= linesMax);
      if (all.length <= linesMax) assert.deepEqual(lines, all);
      else {
        assert.deepEqual(lines.slice(0, -1), all.slice(0, linesMax - 1));
        assert.match(lines.at(-1)!, /…$/);
        assert.ok(estimateWidth(lines.at(-1)!, 14) <= 120);
      }
    },
  ));
});

Deno.test("a word that is wider than the line is broken, not cut", () => {
  const lines = wrapText("breast_density_by_software_version_7", 14, 90, 10);
  assert.ok(lines.length > 1);
  assert.equal(lines.join(""), "breast_density_by_software_version_7");
});
