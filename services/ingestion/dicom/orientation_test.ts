import assert from "node:assert/strict";
import type { View } from "../../../shared/domain/mod.ts";
import { type BreastSide, breastSide } from "./breast_side.ts";
import { orient, type OrientedImage } from "./orientation.ts";

const NO_SCANNER = {
  ...{ manufacturer: "", model: "", software: "", detector: "" },
  ...{ thicknessMm: null, implant: null },
};

function image(
  view: View,
  breast: BreastSide,
  chestWall: "left" | "right" | null = null,
): OrientedImage {
  return {
    breast,
    image: {
      name: `n_${view}`,
      view,
      kind: null,
      path: "/x",
      place: 1,
      chestWall,
      scanner: NO_SCANNER,
    },
  };
}

Deno.test("orientation: a left breast at the left edge is not mirrored", () => {
  const usual = orient("e", [image("L-CC", "left", "left"), image("R-CC", "right", "right")]);
  assert.deepEqual(usual, { horizontalFlip: false, warnings: [] });
  const mirrored = orient("e", [image("L-CC", "right"), image("R-MLO", "left")]);
  assert.deepEqual(mirrored, { horizontalFlip: true, warnings: [] });
});

Deno.test("orientation: where pixels do not tell, the header does; where neither does, it is said", () => {
  assert.equal(orient("e", [image("L-CC", "unclear", "right")]).horizontalFlip, true);
  const { horizontalFlip, warnings } = orient("e", [image("L-CC", "unclear")]);
  assert.equal(horizontalFlip, false);
  assert.deepEqual(warnings.map(({ code }) => code), ["orientation_unknown"]);
  assert.deepEqual(orient("e", []).warnings, []);
});

Deno.test("orientation: contradictions are warnings that name the image", () => {
  const { horizontalFlip, warnings } = orient("e", [
    image("L-CC", "left"),
    image("L-MLO", "left"),
    image("R-CC", "left", "right"),
  ]);
  assert.equal(horizontalFlip, false);
  assert.deepEqual(warnings.map(({ code, view }) => [code, view]), [
    ["orientation_contradicted", "R-CC"],
    ["orientation_header_wrong", "R-CC"],
  ]);
});

Deno.test("breastSide: the half with more tissue; nothing is said of an empty or even picture", () => {
  const [width, height] = [64, 64];
  const picture = (inside: (x: number) => boolean): Uint16Array =>
    Uint16Array.from({ length: width * height }, (_, at) => inside(at % width) ? 20000 : 0);
  assert.equal(breastSide(picture((x) => x < 40), width, height), "left");
  assert.equal(breastSide(picture((x) => x > 40), width, height), "right");
  assert.equal(breastSide(picture(() => true), width, height), "unclear");
  assert.equal(breastSide(picture(() => false), width, height), "unclear");
});
