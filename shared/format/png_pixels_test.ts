import assert from "node:assert/strict";
import fc from "fast-check";
import sharp, { type PngOptions } from "sharp";
import { readPngPixels } from "./png_pixels.ts";

/** A 16-bit greyscale PNG with these values, as libvips writes it. */
async function pngOf(
  values: readonly number[],
  width: number,
  options: PngOptions,
): Promise<Uint8Array> {
  const pixels = Uint16Array.from(values);
  const raw = { width, height: values.length / width, channels: 1 as const };
  return await sharp(pixels as unknown as Uint8Array, { raw })
    .toColourspace("grey16").png(options).toBuffer();
}

Deno.test("readPngPixels: least, greatest and bright share are those of the values written", async () => {
  const picture = fc.integer({ min: 1, max: 40 }).chain((width) =>
    fc.tuple(
      fc.constant(width),
      fc.integer({ min: 1, max: 40 }).chain((height) =>
        fc.array(fc.integer({ min: 0, max: 65535 }), {
          minLength: width * height,
          maxLength: width * height,
        })
      ),
      fc.record({ progressive: fc.boolean(), adaptiveFiltering: fc.boolean() }),
    )
  );
  await fc.assert(
    fc.asyncProperty(picture, async ([width, values, options]) => {
      const max = values.reduce((most, value) => Math.max(most, value), 0);
      const bright = values.filter((value) => value > Math.floor(max / 64)).length;
      const { min, max: most, brightShare, trailingBytes } = readPngPixels(
        await pngOf(values, width, options),
      );
      assert.deepEqual({ min, max: most, brightShare, trailingBytes }, {
        min: values.reduce((least, value) => Math.min(least, value), 65535),
        max,
        brightShare: bright / values.length,
        trailingBytes: 0,
      });
    }),
    { numRuns: 200, seed: 20260101 },
  );
});

Deno.test("readPngPixels: any bytes changed are read or refused by name, never worse", async () => {
  const values = Array.from({ length: 900 }, (_, index) => (index * 7919) % 65536);
  const file = await pngOf(values, 30, { adaptiveFiltering: true });
  const changes = fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(changes, fc.nat(file.length), (list, length) => {
      const bytes = file.slice(0, length);
      for (const [at, byte] of list) if (at < length) bytes[at] = byte;
      try {
        readPngPixels(bytes);
      } catch (error) {
        assert.ok(error instanceof SyntaxError, String(error));
      }
    }),
    { numRuns: 2000, seed: 20260101 },
  );
});
