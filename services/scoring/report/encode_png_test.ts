import assert from "node:assert/strict";
import sharp from "sharp";
import { encodePng } from "./encode_png.ts";

Deno.test("another decoder gets the same pixels, alpha left out", async () => {
  for (const [width, height] of [[1, 1], [5, 3], [64, 200]] as const) {
    const rgba = Uint8Array.from({ length: width * height * 4 }, (_, at) => (at * 37) % 251);
    const png = await encodePng(rgba, width, height);
    const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
    assert.deepEqual([info.width, info.height, info.channels], [width, height, 3]);
    assert.deepEqual([...data], [...rgba.filter((_, at) => at % 4 !== 3)]);
  }
});
