import sharp from "sharp";
import type { Phantom } from "./phantom.ts";

/**
 * Packs a picture as PNG: 16 bits, one grey channel, as small as zlib makes it.
 *
 * @param phantom the picture
 * @returns bytes of the PNG file
 */
export async function encodePng(phantom: Phantom): Promise<Uint8Array> {
  const { width, height, pixels } = phantom;
  // a typed array as input makes libvips take the samples as unsigned 16-bit
  const picture = sharp(pixels, { raw: { width, height, channels: 1 } });
  return await picture.toColourspace("grey16")
    .png({ compressionLevel: 9, adaptiveFiltering: true }).toBuffer();
}

/**
 * Unpacks a PNG of one grey channel.
 *
 * @param bytes bytes of the PNG file
 * @returns the picture, with 16-bit values
 */
export async function decodePng(bytes: Uint8Array): Promise<Phantom> {
  const { data, info } = await sharp(bytes).toColourspace("grey16").raw({ depth: "ushort" })
    .toBuffer({ resolveWithObject: true });
  // Buffers come out of a pool and need not be aligned
  const samples = Uint8Array.from(data).buffer;
  return { width: info.width, height: info.height, pixels: new Uint16Array(samples) };
}
