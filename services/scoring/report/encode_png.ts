import { promisify } from "node:util";
import { crc32, deflate } from "node:zlib";

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
/** Eight bits a sample, colour type RGB, deflate, the five filters of the standard, not interlaced. */
const HEADER_END = Uint8Array.of(8, 2, 0, 0, 0);
/** The filter that leaves a row as it is: a chart is flat, and what repeats packs best as it is. */
const NO_FILTER = 0;
const [RGBA_SAMPLES, RGB_SAMPLES] = [4, 3];

const pack = promisify<Uint8Array, Uint8Array>(deflate);

/**
 * Encodes an opaque picture as a PNG (ISO/IEC 15948). The canvas's own encoder tries every filter on every row,
 * which takes three times as long and does not make a chart smaller. Packing happens in another thread.
 *
 * @param rgba four bytes a pixel, row by row; the fourth is not looked at
 * @param width pixels across
 * @param height pixels down
 * @returns bytes of an RGB PNG of 8 bits a channel
 */
export async function encodePng(
  rgba: Uint8Array,
  width: number,
  height: number,
): Promise<Uint8Array> {
  const size = new Uint8Array(8);
  const view = new DataView(size.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  return joined(
    SIGNATURE,
    chunk("IHDR", joined(size, HEADER_END)),
    chunk("IDAT", await pack(rowsOf(rgba, width, height))),
    chunk("IEND", new Uint8Array(0)),
  );
}

/** Each row begins with its filter; alpha is left out. */
function rowsOf(rgba: Uint8Array, width: number, height: number): Uint8Array {
  const rows = new Uint8Array(height * (1 + width * RGB_SAMPLES));
  let to = 0;
  let from = 0;
  for (let row = 0; row < height; row++) {
    rows[to++] = NO_FILTER;
    for (const end = from + width * RGBA_SAMPLES; from < end; from += RGBA_SAMPLES) {
      rows[to++] = rgba[from]!;
      rows[to++] = rgba[from + 1]!;
      rows[to++] = rgba[from + 2]!;
    }
  }
  return rows;
}

/** Length, type, content, and a check sum of the latter two. */
function chunk(type: string, content: Uint8Array): Uint8Array {
  const checked = joined(new TextEncoder().encode(type), content);
  const ends = new DataView(new ArrayBuffer(8));
  ends.setUint32(0, content.length);
  ends.setUint32(4, crc32(checked));
  const bytes = new Uint8Array(ends.buffer);
  return joined(bytes.subarray(0, 4), checked, bytes.subarray(4));
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
