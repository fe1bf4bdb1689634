import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import sharp from "sharp";
import { readPngHeader } from "./png_header.ts";

/** A PNG header with the given IHDR fields and a valid checksum. */
function header(
  width: number,
  height: number,
  depth: number,
  colour: number,
  interlace = 0,
): Uint8Array {
  const bytes = new Uint8Array(33);
  bytes.set(Uint8Array.fromHex("89504e470d0a1a0a0000000d49484452"));
  const view = new DataView(bytes.buffer);
  view.setUint32(16, width);
  view.setUint32(20, height);
  bytes.set([depth, colour, 0, 0, interlace], 24);
  view.setUint32(29, crc32(bytes.subarray(12, 29)));
  return bytes;
}

Deno.test("readPngHeader: reads what libvips writes", async () => {
  const pixels = new Uint16Array(6);
  const grey = sharp(pixels, { raw: { width: 3, height: 2, channels: 1 } });
  const written = await grey.toColourspace("grey16").png().toBuffer();
  assert.deepStrictEqual(readPngHeader(written), {
    width: 3,
    height: 2,
    bitDepth: 16,
    colourType: "grey",
    interlaced: false,
  });
  const rgb = sharp({ create: { width: 5, height: 4, channels: 3, background: "red" } });
  assert.deepStrictEqual(readPngHeader(await rgb.png({ progressive: true }).toBuffer()), {
    width: 5,
    height: 4,
    bitDepth: 8,
    colourType: "rgb",
    interlaced: true,
  });
});

Deno.test("readPngHeader: says what another file is", () => {
  const dicom = new Uint8Array(140);
  dicom.set(new TextEncoder().encode("DICM"), 128);
  const refused: [Uint8Array, RegExp][] = [
    [new Uint8Array(0), /the file is empty/],
    [Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), /is a JPEG, not a PNG/],
    [dicom, /is a DICOM file/],
    [new TextEncoder().encode("II*\0...."), /is a TIFF/],
    [new TextEncoder().encode("%PDF-1.7"), /is a PDF/],
    [new TextEncoder().encode("hello"), /has an unknown type/],
    [header(1, 1, 16, 0).subarray(0, 32), /ends within its header/],
  ];
  for (const [bytes, message] of refused) {
    assert.throws(() => readPngHeader(bytes), { name: "SyntaxError", message });
  }
});

Deno.test("readPngHeader: refuses headers that no PNG has", () => {
  for (const [width, height] of [[0, 5], [5, 0], [2 ** 31, 1]] as const) {
    assert.throws(() => readPngHeader(header(width, height, 16, 0)), /impossible/);
  }
  assert.throws(() => readPngHeader(header(1, 1, 16, 3)), /does not exist/);
  assert.throws(() => readPngHeader(header(1, 1, 16, 1)), /does not exist/);
  assert.throws(() => readPngHeader(header(1, 1, 16, 0, 2)), /does not exist/);
  const cgbi = header(1, 1, 8, 0);
  cgbi.set(new TextEncoder().encode("CgBI"), 12);
  assert.throws(() => readPngHeader(cgbi), /IHDR/);
});

Deno.test("readPngHeader: every flipped bit of the data is noticed", () => {
  for (let bit = 16 * 8; bit < 33 * 8; bit++) {
    const bytes = header(2560, 3328, 16, 0);
    bytes[bit >> 3]! ^= 1 << (bit & 7);
    assert.throws(() => readPngHeader(bytes), SyntaxError);
  }
});
