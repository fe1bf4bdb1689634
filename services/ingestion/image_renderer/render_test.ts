import assert from "node:assert/strict";
import sharp from "sharp";
import { png } from "../../../tests/support/ingestion/images.ts";
import { decodeImage, renderView, type View } from "./render.ts";

const [WIDTH, HEIGHT] = [300, 260];
const value = (x: number, y: number): number => (x * 211 + y * 97) % 60_000;
const FILE = png({ width: WIDTH, height: HEIGHT, pixel: value });
const WHOLE: View = {
  region: { x: 0, y: 0, width: WIDTH, height: HEIGHT },
  width: WIDTH,
  height: HEIGHT,
  format: "raw16",
  grey: null,
};

Deno.test("render: raw16 has the stored values of a region, the low byte first", async () => {
  const pixels = await decodeImage(FILE);
  const region = { x: 17, y: 31, width: 40, height: 25 };
  const bytes = await renderView(pixels, { ...WHOLE, region, width: 40, height: 25 });
  const view = new DataView(bytes.buffer);
  const expected = Array.from(
    { length: 40 * 25 },
    (_, at) => value(17 + at % 40, 31 + Math.floor(at / 40)),
  );
  assert.deepEqual(expected.map((_, at) => view.getUint16(2 * at, true)), expected);
  assert.equal(bytes.length, 2000);
});

Deno.test("render: window and level as the formula says, and the whole range without", async () => {
  const pixels = await decodeImage(FILE);
  for (const grey of [null, { window: 3000, level: 2000 }, { window: 1, level: 40_000 }]) {
    const bytes = await renderView(pixels, { ...WHOLE, format: "png", grey });
    const { data, info } = await sharp(bytes).toColourspace("b-w").raw().toBuffer({
      resolveWithObject: true,
    });
    assert.equal(info.channels, 1);
    const { window, level } = grey ?? pixels.grey;
    const expected = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, at) => {
      const share = (value(at % WIDTH, Math.floor(at / WIDTH)) - (level - window / 2)) / window;
      return Math.round(255 * Math.min(1, Math.max(0, share)));
    });
    assert.deepEqual(new Uint8Array(data), expected);
  }
});

Deno.test("render: a smaller picture keeps the brightness of what it shows", async () => {
  const flat = await decodeImage(png({ pixel: () => 12_345 }));
  const view = { ...WHOLE, region: { x: 0, y: 0, width: 256, height: 256 }, width: 64, height: 64 };
  const bytes = await renderView(flat, view);
  assert.deepEqual(new Set(new Uint16Array(bytes.buffer)), new Set([12_345]));
});

Deno.test("render: damage is an error, not a picture", async () => {
  const cut = FILE.slice(0, FILE.length / 2);
  await assert.rejects(decodeImage(cut));
  await assert.rejects(decodeImage(png({ damage: (idat) => idat.fill(7, 20, 60) })));
});
