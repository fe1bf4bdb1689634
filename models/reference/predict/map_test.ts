import assert from "node:assert/strict";
import fc from "fast-check";
import { boxMean, greyQuantiles, mirrored, reduce } from "./map.ts";

Deno.test("reduce() averages blocks and drops what is left over", () => {
  const [width, height] = [7, 3072];
  const pixels = Uint16Array.from({ length: width * height }, (_, at) => at % width);
  const map = reduce({ width, height, pixels });
  assert.deepEqual([map.width, map.height], [2, 1024]);
  assert.deepEqual([...map.values.subarray(0, 4)], [1, 4, 1, 4]);
});

Deno.test("reduce() leaves small pictures as they are", () => {
  const pixels = Uint16Array.of(1, 2, 3, 65_535);
  assert.deepEqual([...reduce({ width: 2, height: 2, pixels }).values], [1, 2, 3, 65_535]);
});

Deno.test("boxMean() is the mean of the part of the window that lies inside", () => {
  const cells = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 30, maxLength: 30 });
  fc.assert(fc.property(cells, fc.integer({ min: 0, max: 7 }), (values, radius) => {
    const map = { width: 6, height: 5, values: Float32Array.from(values) };
    const means = boxMean(map, radius).values;
    for (let at = 0; at < 30; at++) {
      const window = values.filter((_, other) =>
        Math.abs(other % 6 - at % 6) <= radius &&
        Math.abs(Math.floor(other / 6) - Math.floor(at / 6)) <= radius
      );
      const mean = window.reduce((sum, value) => sum + value, 0) / window.length;
      assert.equal(means[at], Math.fround(mean));
    }
  }));
});

Deno.test("mirrored() exchanges left and right", () => {
  const map = { width: 3, height: 2, values: Float32Array.of(1, 2, 3, 4, 5, 6) };
  assert.deepEqual([...mirrored(map).values], [3, 2, 1, 6, 5, 4]);
  assert.deepEqual(mirrored(mirrored(map)), map);
});

Deno.test("greyQuantiles() finds the grey value below which a share of the pixels lies", () => {
  const map = { width: 5, height: 1, values: Float32Array.of(40, 10, 30.9, 20, 65_535) };
  const all = greyQuantiles(map);
  assert.deepEqual([0.2, 0.4, 0.5, 0.6, 0.8, 1].map(all), [10, 20, 30, 30, 40, 65_535]);
  const some = greyQuantiles(map, Uint8Array.of(1, 0, 1, 0, 0));
  assert.deepEqual([0.5, 1].map(some), [30, 40]);
  assert.equal(greyQuantiles(map, new Uint8Array(5))(0.5), 0);
});
