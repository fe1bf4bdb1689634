import assert from "node:assert/strict";
import { deflateSync } from "node:zlib";
import fc from "fast-check";
import sharp from "sharp";
import { decodePng } from "./png.ts";

/** Repeatable numbers with some structure, so that no filter is trivial. */
function testPixels(width: number, height: number): Uint16Array {
  return Uint16Array.from(
    { length: width * height },
    (_, at) => (at % width) * 257 + Math.imul(at, 0x9e3779b1) >>> 20,
  );
}

function chunk(type: string, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + body.length); // the checksum is left zero: it is not read
  new DataView(bytes.buffer).setUint32(0, body.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(body, 8);
  return bytes;
}

function file(header: readonly number[], raw: Uint8Array): Uint8Array {
  const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  const packed = deflateSync(raw);
  const half = packed.length >> 1; // two IDAT chunks, as any writer may make them
  const parts = [
    signature,
    chunk("IHDR", Uint8Array.from(header)),
    chunk("IDAT", packed.subarray(0, half)),
    chunk("IDAT", packed.subarray(half)),
    chunk("IEND", new Uint8Array()),
  ];
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function headerOf(
  width: number,
  height: number,
  depth = 16,
  colourType = 0,
  interlace = 0,
): number[] {
  return [
    0,
    0,
    width >> 8,
    width & 255,
    0,
    0,
    height >> 8,
    height & 255,
    depth,
    colourType,
    0,
    0,
    interlace,
  ];
}

/** What each filter predicts, word for word from section 9.2 of the PNG specification. */
function predicted(filter: number, a: number, b: number, c: number): number {
  if (filter === 0) return 0;
  if (filter === 1) return a;
  if (filter === 2) return b;
  if (filter === 3) return Math.floor((a + b) / 2);
  const p = a + b - c;
  const [pa, pb, pc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)];
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
}

function encode(pixels: Uint16Array, width: number, filters: readonly number[]): Uint8Array {
  const height = pixels.length / width;
  const stride = width * 2;
  const plain = Uint8Array.from({ length: stride * height }, (_, i) => {
    const value = pixels[i >> 1]!;
    return i % 2 === 0 ? value >> 8 : value & 255;
  });
  const raw = new Uint8Array((stride + 1) * height);
  for (let y = 0; y < height; y++) {
    const filter = filters[y % filters.length]!;
    raw[y * (stride + 1)] = filter;
    for (let i = 0; i < stride; i++) {
      const at = y * stride + i;
      const left = i >= 2 ? plain[at - 2]! : 0;
      const above = y > 0 ? plain[at - stride]! : 0;
      const corner = i >= 2 && y > 0 ? plain[at - stride - 2]! : 0;
      raw[y * (stride + 1) + 1 + i] = plain[at]! - predicted(filter, left, above, corner);
    }
  }
  return file(headerOf(width, height), raw);
}

for (const filter of [0, 1, 2, 3, 4]) {
  Deno.test(`decodePng() undoes filter ${filter}`, () => {
    const pixels = testPixels(13, 7);
    const picture = decodePng(encode(pixels, 13, [filter]));
    assert.deepEqual(picture, { width: 13, height: 7, pixels });
  });
}

Deno.test("decodePng() gives back any pixels under any mixture of filters", () => {
  const pictures = fc.record({
    width: fc.integer({ min: 1, max: 9 }),
    rows: fc.integer({ min: 1, max: 6 }),
    filters: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 6 }),
    grey: fc.array(fc.integer({ min: 0, max: 65535 }), { minLength: 54, maxLength: 54 }),
  });
  fc.assert(fc.property(pictures, ({ width, rows, filters, grey }) => {
    const pixels = Uint16Array.from(grey.slice(0, width * rows));
    assert.deepEqual(decodePng(encode(pixels, width, filters)).pixels, pixels);
  }));
});

for (const adaptiveFiltering of [false, true]) {
  Deno.test(`decodePng() reads what libvips writes, adaptive filtering ${adaptiveFiltering}`, async () => {
    const [width, height] = [61, 47];
    const pixels = testPixels(width, height);
    const bytes = await sharp(pixels, { raw: { width, height, channels: 1 } })
      .toColourspace("grey16").png({ adaptiveFiltering }).toBuffer();
    assert.deepEqual(decodePng(bytes), { width, height, pixels });
  });
}

Deno.test("decodePng() spreads 8 bits over the range of 16", async () => {
  const grey = Uint8Array.of(0, 1, 128, 255);
  const bytes = await sharp(grey, { raw: { width: 2, height: 2, channels: 1 } })
    .toColourspace("b-w").png().toBuffer();
  assert.deepEqual([...decodePng(bytes).pixels], [0, 257, 32896, 65535]);
});

Deno.test("decodePng() says what is wrong with a file it cannot read", () => {
  const whole = encode(testPixels(5, 4), 5, [4]);
  const row = new Uint8Array(11);
  const cases: [Uint8Array, RegExp][] = [
    [new TextEncoder().encode("JFIF"), /does not begin as one/],
    [new Uint8Array(), /does not begin as one/],
    [whole.subarray(0, whole.length - 20), /cut off or damaged/],
    [file(headerOf(5, 2), row), /pixel data are cut off/],
    [file(headerOf(5, 1, 16, 2), row), /colour type 2/],
    [file(headerOf(5, 1, 4), row), /4 bits/],
    [file(headerOf(5, 1, 16, 0, 1), row), /interlaced/],
    [file(headerOf(0, 1), row), /0 x 1 pixels/],
    [file(headerOf(5, 1), Uint8Array.from(row, (_, i) => i === 0 ? 5 : 0)), /unknown filter 5/],
    [file(headerOf(2, 1), row), /pixel data are damaged/], // more than the header promises
  ];
  for (const [bytes, message] of cases) assert.throws(() => decodePng(bytes), message);
});
