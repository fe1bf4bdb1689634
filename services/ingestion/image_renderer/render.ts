import sharp from "sharp";
import type { ImageFormat } from "../../../shared/contracts/images.ts";
import { IMAGE_PIXELS_MAX, IMAGE_RENDER_S_MAX } from "../../../shared/limits.ts";

/** A rectangle of pixels; the origin is the image's top left corner. */
export interface Region {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** How to show an image. */
export interface View {
  readonly region: Region;
  /** Output width in pixels, at most the region's. */
  readonly width: number;
  readonly height: number;
  readonly format: ImageFormat;
  /** Window and level in stored values; null for the image's whole range. */
  readonly grey: Grey | null;
}

/** Maps stored values to black and white. */
export interface Grey {
  /** Distance from black to white, at least 1. */
  readonly window: number;
  /** Centre of the window. */
  readonly level: number;
}

export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly values: Uint16Array<ArrayBuffer>;
  /** Window over the whole range of values. */
  readonly grey: Grey;
}

export interface Rendered {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Window over the whole range of the image's values. */
  readonly grey: Grey;
}

/**
 * Decodes a 16-bit greyscale PNG.
 * @throws {Error} when it is damaged or too large
 */
export async function decodeImage(file: Uint8Array): Promise<Pixels> {
  const { data, info } = await sharp(file, { limitInputPixels: IMAGE_PIXELS_MAX, failOn: "error" })
    .timeout({ seconds: IMAGE_RENDER_S_MAX })
    .removeAlpha()
    .toColourspace("grey16")
    .raw({ depth: "ushort" })
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const values = new Uint16Array(data.buffer as ArrayBuffer, data.byteOffset, width * height);
  let [low, high] = [65_535, 0];
  // By index: an iterator takes longer over ten million values than the decoder.
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const grey = { window: Math.max(1, high - low), level: (low + high) / 2 };
  return { width, height, values, grey };
}

/** Renders a region: v becomes 255 (v - level + window / 2) / window, clipped; `raw16` keeps v, low byte first. */
export async function renderView(pixels: Pixels, view: View): Promise<Uint8Array<ArrayBuffer>> {
  const values = await scaledValues(pixels, view);
  if (view.format === "raw16") return littleEndian(values);
  const table = greyTable(view.grey ?? pixels.grey);
  const shades = new Uint8Array(values.length);
  for (let at = 0; at < values.length; at++) shades[at] = table[values[at]!]!;
  const raw = { width: view.width, height: view.height, channels: 1 as const };
  const picture = sharp(shades, { raw }).timeout({ seconds: IMAGE_RENDER_S_MAX });
  const packed = view.format === "png"
    ? picture.toColourspace("b-w").png({ compressionLevel: 6 })
    : picture.webp({ quality: 90, effort: 2 });
  return new Uint8Array(await packed.toBuffer());
}

async function scaledValues(
  { width, height, values }: Pixels,
  { region, ...view }: View,
): Promise<Uint16Array<ArrayBuffer>> {
  if (view.width === region.width) return cropped(values, width, region);
  const { data } = await sharp(values, { raw: { width, height, channels: 1 } })
    .timeout({ seconds: IMAGE_RENDER_S_MAX })
    .extract({ left: region.x, top: region.y, width: region.width, height: region.height })
    .resize({ width: view.width, height: view.height, fit: "fill" })
    .toColourspace("grey16")
    .raw({ depth: "ushort" })
    .toBuffer({ resolveWithObject: true });
  return new Uint16Array(data.buffer as ArrayBuffer, data.byteOffset, view.width * view.height);
}

function cropped(
  values: Uint16Array<ArrayBuffer>,
  width: number,
  region: Region,
): Uint16Array<ArrayBuffer> {
  const part = new Uint16Array(region.width * region.height);
  for (let row = 0; row < region.height; row++) {
    const begin = (region.y + row) * width + region.x;
    part.set(values.subarray(begin, begin + region.width), row * region.width);
  }
  return part;
}

function littleEndian(values: Uint16Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(values.length * 2);
  const view = new DataView(bytes.buffer);
  if (IS_LITTLE_ENDIAN) bytes.set(new Uint8Array(values.buffer, values.byteOffset, bytes.length));
  else values.forEach((value, at) => view.setUint16(2 * at, value, true));
  return bytes;
}

const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

function greyTable({ window, level }: Grey): Uint8Array {
  const black = level - window / 2;
  const share = (value: number): number => Math.min(1, Math.max(0, (value - black) / window));
  return Uint8Array.from({ length: 65_536 }, (_, value) => Math.round(255 * share(value)));
}
