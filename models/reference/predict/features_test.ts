import assert from "node:assert/strict";
import { findBreast } from "./breast.ts";
import { asymmetry, type Features, measure } from "./features.ts";
import { mirrored, type PixelMap } from "./map.ts";
import { type Planted, syntheticBreast } from "./synthetic_breast.ts";

function measured(planted: Planted): Features {
  return measure(findBreast(syntheticBreast(planted), false));
}

/** Nine specks, 6 pixels apart. */
const CLUSTER = Array.from(
  { length: 9 },
  (_, i) => [100 + 6 * (i % 3), 200 + 6 * Math.floor(i / 3), 1.2, 12_000] as const,
);

Deno.test("measure() finds a planted mass", () => {
  const bare = measured({});
  const small = measured({ bodies: [[120, 250, 8, 8000]] });
  const strong = measured({ bodies: [[120, 250, 8, 16_000]] });
  assert.ok(small.blob > bare.blob + 0.5, `${small.blob} against ${bare.blob}`);
  assert.ok(strong.blob > small.blob);
});

Deno.test("measure() does not take a strand for a mass", () => {
  const bare = measured({});
  const strand = measured({ strands: [[40, 250, 150, 8000]] });
  assert.ok(strand.blob < bare.blob + 0.1, `${strand.blob} against ${bare.blob}`);
});

Deno.test("measure() counts specks of a cluster, and not the points of a strand", () => {
  assert.equal(measured({}).specks, 0);
  assert.equal(measured({ bodies: CLUSTER }).specks, 9);
  assert.ok(measured({ strands: [[40, 250, 150, 12_000]] }).specks <= 2); // its ends
});

Deno.test("measure() counts specks in one place only", () => {
  const apart = [[60, 150, 1.2, 12_000], [120, 250, 1.2, 12_000], [60, 350, 1.2, 12_000]] as const;
  assert.equal(measured({ bodies: apart }).specks, 1);
});

Deno.test("measure() gives the same for a mirrored image", () => {
  const image: PixelMap = syntheticBreast({ bodies: [[120, 250, 8, 8000], ...CLUSTER] });
  assert.deepEqual(
    measure(findBreast(mirrored(image), false)),
    measure(findBreast(image, false)),
  );
});

Deno.test("measure() gives nearly the same whatever the exposure", () => {
  const planted = { bodies: [[120, 250, 8, 8000]] } as const;
  const bright = measured(planted);
  const dark = measured({ ...planted, exposure: 0.25 });
  // the spread is taken in whole grey values, of which the dark image has about 800
  assert.ok(Math.abs(dark.blob / bright.blob - 1) < 0.01);
  assert.equal(bright.specks, dark.specks);
});

Deno.test("asymmetry() shows the brighter breast and none between equal ones", () => {
  const bare = measured({}).grid;
  const dense = measured({ bodies: [[120, 250, 40, 6000]] }).grid;
  assert.equal(asymmetry(bare, bare), 0);
  assert.ok(asymmetry(dense, bare) > 0.5);
  assert.ok(asymmetry(dense, bare) > 2 * asymmetry(bare, dense));
});
