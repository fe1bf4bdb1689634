import assert from "node:assert/strict";
import { findBreast } from "./breast.ts";
import { mirrored, type PixelMap } from "./map.ts";
import { syntheticBreast } from "./synthetic_breast.ts";

/** Number of different values; printing the difference of whole pictures would take minutes. */
function differences(one: ArrayLike<number>, other: ArrayLike<number>): number {
  let count = Math.abs(one.length - other.length);
  for (let at = 0; at < Math.min(one.length, other.length); at++) {
    if (one[at] !== other[at]) count++;
  }
  return count;
}

/** Whether findings are looked for at a point. */
function looksAt(image: PixelMap, oblique: boolean, x: number, y: number): boolean {
  return findBreast(image, oblique).interior[y * image.width + x] === 1;
}

Deno.test("findBreast() turns the chest wall to the left", () => {
  const image = syntheticBreast();
  const breast = findBreast(image, false);
  const turned = findBreast(mirrored(image), false);
  assert.equal(differences(turned.interior, breast.interior), 0);
  assert.equal(differences(turned.brightness.values, breast.brightness.values), 0);
  assert.deepEqual(turned.bounds, breast.bounds);
  assert.ok(breast.bounds.right > 240 && breast.bounds.right < 255);
});

Deno.test("findBreast() leaves out air, skin and markers", () => {
  const image = syntheticBreast();
  for (let y = 40; y < 60; y++) image.values.fill(65_000, y * 400 + 340, y * 400 + 380);
  assert.equal(looksAt(image, false, 100, 256), true);
  assert.equal(looksAt(image, false, 246, 256), false, "skin");
  assert.equal(looksAt(image, false, 300, 256), false, "air");
  assert.equal(looksAt(image, false, 360, 50), false, "marker");
});

Deno.test("findBreast() keeps fat that is as dark as air", () => {
  const image = syntheticBreast();
  for (let y = 250; y < 260; y++) image.values.fill(0, y * 400 + 100, y * 400 + 110);
  assert.equal(looksAt(image, false, 105, 255), true);
});

Deno.test("findBreast() cuts the pectoral muscle away, in MLO views only", () => {
  const image = syntheticBreast({ muscle: [130, 260, 9000] });
  assert.equal(looksAt(image, true, 40, 60), false);
  assert.equal(looksAt(image, false, 40, 60), true);
  assert.equal(looksAt(image, true, 150, 300), true);
  assert.equal(looksAt(image, true, 180, 120), true);
});

Deno.test("findBreast() cuts nothing away where there is no muscle", () => {
  const image = syntheticBreast({ muscle: [130, 260, 0] });
  const oblique = findBreast(image, true).interior;
  assert.equal(differences(oblique, findBreast(image, false).interior), 0);
});

Deno.test("findBreast() says so when there is no breast", () => {
  const empty = { width: 300, height: 300, values: new Float32Array(90_000) };
  assert.throws(() => findBreast(empty, false), /Cannot find a breast: only 0 pixels/);
});
