import { inflateSync } from "node:zlib";

/** A grey picture, row by row. */
export interface Picture {
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Grey values, 0 to 65,535; 8-bit files are spread over the same range. */
  readonly pixels: Uint16Array;
}

interface Header {
  readonly width: number;
  readonly height: number;
  readonly bytesPerPixel: 1 | 2;
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] as const;
/** No mammogram has more; a damaged header must not claim all memory. */
const PIXELS_MAX = 100_000_000;
const GREY = 0;

function readHeader(data: DataView): Header {
  const width = data.getUint32(0);
  const height = data.getUint32(4);
  const depth = data.getUint8(8);
  const colourType = data.getUint8(9);
  if (colourType !== GREY || (depth !== 8 && depth !== 16)) {
    throw new SyntaxError(
      `Cannot read PNG: it must be greyscale of 16 or 8 bits, it has colour type ${colourType} and ${depth} bits`,
    );
  }
  if (data.getUint8(12) !== 0) throw new SyntaxError("Cannot read PNG: it is interlaced");
  if (width === 0 || height === 0 || width * height > PIXELS_MAX) {
    throw new RangeError(`Cannot read PNG: ${width} x ${height} pixels`);
  }
  return { width, height, bytesPerPixel: depth === 16 ? 2 : 1 };
}

/** Walks over the chunks (PNG specification, third edition, section 5.3). */
function readChunks(bytes: Uint8Array): { header: Header; packed: Uint8Array } {
  if (SIGNATURE.some((byte, index) => bytes[index] !== byte)) {
    throw new SyntaxError("Cannot read PNG: the file does not begin as one");
  }
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: Uint8Array[] = [];
  let header: Header | undefined;
  for (let at = SIGNATURE.length; at + 12 <= bytes.length;) {
    const length = data.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const start = at + 8;
    if (start + length + 4 > bytes.length) break;
    if (type === "IHDR" && length === 13) {
      header = readHeader(new DataView(data.buffer, data.byteOffset + start, 13));
    }
    if (type === "IDAT") parts.push(bytes.subarray(start, start + length));
    if (type === "IEND") {
      if (header === undefined) break;
      return { header, packed: joined(parts) };
    }
    at = start + length + 4;
  }
  throw new SyntaxError("Cannot read PNG: the file is cut off or damaged");
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function unpack(packed: Uint8Array, size: number): Uint8Array {
  let raw: Uint8Array;
  try {
    raw = inflateSync(packed, { maxOutputLength: size });
  } catch (error) {
    throw new SyntaxError("Cannot read PNG: its pixel data are damaged", { cause: error });
  }
  if (raw.length !== size) throw new SyntaxError("Cannot read PNG: its pixel data are cut off");
  return raw;
}

/** The Paeth predictor (section 9.4). */
function paeth(left: number, above: number, corner: number): number {
  const estimate = left + above - corner;
  const toLeft = Math.abs(estimate - left);
  const toAbove = Math.abs(estimate - above);
  const toCorner = Math.abs(estimate - corner);
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}

/**
 * Undoes the filter of one row in place (section 9.2).
 *
 * @param filter 0 none, 1 left, 2 above, 3 average, 4 Paeth
 * @param row the row
 * @param above the row above, already restored; zeros for the first
 * @param step bytes a pixel
 */
function unfilterRow(filter: number, row: Uint8Array, above: Uint8Array, step: number): void {
  const length = row.length;
  switch (filter) {
    case 0:
      return;
    case 1:
      for (let i = step; i < length; i++) row[i] = row[i]! + row[i - step]!;
      return;
    case 2:
      for (let i = 0; i < length; i++) row[i] = row[i]! + above[i]!;
      return;
    case 3:
      for (let i = 0; i < step; i++) row[i] = row[i]! + (above[i]! >> 1);
      for (let i = step; i < length; i++) row[i] = row[i]! + ((row[i - step]! + above[i]!) >> 1);
      return;
    case 4:
      for (let i = 0; i < step; i++) row[i] = row[i]! + above[i]!;
      for (let i = step; i < length; i++) {
        row[i] = row[i]! + paeth(row[i - step]!, above[i]!, above[i - step]!);
      }
      return;
    default:
      throw new SyntaxError(`Cannot read PNG: it uses an unknown filter ${filter}`);
  }
}

function copyRow(row: Uint8Array, pixels: Uint16Array, start: number, step: 1 | 2): void {
  const count = row.length / step;
  for (let x = 0; x < count; x++) {
    pixels[start + x] = step === 2 ? (row[2 * x]! << 8) | row[2 * x + 1]! : row[x]! * 257;
  }
}

/**
 * Decodes a greyscale PNG of 16 or 8 bits that is not interlaced.
 *
 * @param bytes the file
 * @returns the picture
 * @throws {SyntaxError} when the file is no such PNG, cut off or damaged
 * @throws {RangeError} when it has no pixels or too many
 */
export function decodePng(bytes: Uint8Array): Picture {
  const { header, packed } = readChunks(bytes);
  const { width, height, bytesPerPixel } = header;
  const stride = width * bytesPerPixel;
  const raw = unpack(packed, (stride + 1) * height);
  const pixels = new Uint16Array(width * height);
  let above: Uint8Array = new Uint8Array(stride);
  for (let y = 0; y < height; y++) {
    const start = y * (stride + 1);
    const row = raw.subarray(start + 1, start + 1 + stride);
    unfilterRow(raw[start]!, row, above, bytesPerPixel);
    copyRow(row, pixels, y * width, bytesPerPixel);
    above = row;
  }
  return { width, height, pixels };
}
