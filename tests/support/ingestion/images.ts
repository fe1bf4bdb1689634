/**
 * PNGs made byte by byte for tests.
 *
 * @module
 */
import { crc32, deflateSync } from "node:zlib";
import { concat } from "./archives.ts";

/** Deviations from a valid PNG. */
export interface PngParts {
  readonly width?: number;
  readonly height?: number;
  readonly bitDepth?: number;
  /** 0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGB with alpha. */
  readonly colourType?: number;
  readonly interlace?: number;
  /** Value of a pixel; default: a bright, noise-like texture. */
  readonly pixel?: (x: number, y: number) => number;
  /** Filtered rows, instead of those from `pixel`. */
  readonly rows?: Uint8Array;
  /** Changes the compressed pixels before their checksum is computed. */
  readonly damage?: (idat: Uint8Array) => Uint8Array;
  readonly level?: number;
}

/** Smallest allowed side of a mammogram. */
export const SIDE = 256;
/** Bytes before the pixels: signature and header. */
export const HEAD_BYTES = 33;
/** Bytes of the last chunk. */
export const END_BYTES = 12;

/** Creates a PNG; default: a 16-bit greyscale square with side {@linkcode SIDE}. */
export function png(parts: PngParts = {}): Uint8Array<ArrayBuffer> {
  const { width = SIDE, height = SIDE, bitDepth = 16, colourType = 0, interlace = 0 } = parts;
  const header = new Uint8Array(13);
  new DataView(header.buffer).setUint32(0, width);
  new DataView(header.buffer).setUint32(4, height);
  header.set([bitDepth, colourType, 0, 0, interlace], 8);
  const rows = parts.rows ?? rowsOf(width, height, parts.pixel ?? texture);
  const idat = new Uint8Array(deflateSync(rows, { level: parts.level ?? 6 }));
  return concat([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", header),
    chunk("IDAT", parts.damage?.(idat) ?? idat),
    chunk("IEND", new Uint8Array(0)),
  ]);
}

/**
 * Creates a chunk with its checksum.
 *
 * @param type four letters
 */
export function chunk(type: string, data: Uint8Array): Uint8Array {
  const body = concat([new TextEncoder().encode(type), data]);
  const ends = new Uint8Array(8);
  new DataView(ends.buffer).setUint32(0, data.length);
  new DataView(ends.buffer).setUint32(4, crc32(body));
  return concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}

function texture(x: number, y: number): number {
  return 20_000 + (x * 7919 + y * 104_729) % 9973;
}

function rowsOf(
  width: number,
  height: number,
  pixel: (x: number, y: number) => number,
): Uint8Array {
  const rows = new Uint8Array(height * (1 + 2 * width));
  for (let y = 0, at = 0; y < height; y++) {
    at += 1; // filter 0: none
    for (let x = 0; x < width; x++, at += 2) {
      const value = pixel(x, y);
      rows[at] = value >> 8;
      rows[at + 1] = value & 0xff;
    }
  }
  return rows;
}
