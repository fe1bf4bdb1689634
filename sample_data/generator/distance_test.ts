import assert from "node:assert/strict";
import fc from "fast-check";
import { depthBelowSkin } from "./distance.ts";

/** The definition: the nearest pixel of air, by trying all. */
function bruteForce(mask: Uint8Array, width: number): number[] {
  return Array.from(mask, (inside, at) => {
    if (inside === 0) return 0;
    let nearest = Infinity;
    for (let other = 0; other < mask.length; other++) {
      if (mask[other] === 1) continue;
      const dx = other % width - at % width;
      const dy = Math.floor(other / width) - Math.floor(at / width);
      nearest = Math.min(nearest, Math.sqrt(dx * dx + dy * dy));
    }
    return nearest;
  });
}

Deno.test("depthBelowSkin() is the distance to the nearest pixel of air", () => {
  const sizes = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }));
  const masks = sizes.chain(([width, height]) =>
    fc.array(fc.integer({ min: 0, max: 1 }), {
      minLength: width * height,
      maxLength: width * height,
    })
      .filter((cells) => cells.includes(0))
      .map((cells) => ({ width, mask: Uint8Array.from(cells) }))
  );
  fc.assert(fc.property(masks, ({ width, mask }) => {
    const expected = Float32Array.from(bruteForce(mask, width));
    assert.deepEqual(depthBelowSkin(mask, width), expected);
  }));
});
