import { crc32, inflateSync } from "node:zlib";
import { GreyCounter, type GreySummary } from "./grey_summary.ts";
import { joinBytes } from "./join_bytes.ts";
import { PNG_HEADER_BYTES, type PngHeader, readPngHeader } from "./png_header.ts";

/** Results of decoding a 16-bit greyscale PNG. */
export interface PngPixels extends GreySummary {
  /** Bytes after the end of the image. */
  readonly trailingBytes: number;
}

/** Chunk size for inflating: Node's 16 KiB would split a mammogram into a thousand pieces. */
const INFLATE_CHUNK_BYTES = 1024 * 1024;
/** Bytes per pixel: the distance that filters look back. */
const PIXEL_BYTES = 2;

/**
 * Decodes a 16-bit greyscale PNG completely.
 * @throws {SyntaxError} saying what is damaged and where
 */
export function readPngPixels(bytes: Uint8Array): PngPixels {
  const header = readPngHeader(bytes);
  if (header.colourType !== "grey" || header.bitDepth !== 16) {
    throw refusal("it is not a 16-bit greyscale PNG");
  }
  const { data, end } = imageData(bytes);
  const rows = inflated(data, passesOf(header).reduce((sum, pass) => sum + bytesOf(pass), 0));
  const greys = new GreyCounter();
  let at = 0;
  for (const pass of passesOf(header)) {
    const length = bytesOf(pass);
    countPixels(rows.subarray(at, at + length), pass, greys);
    at += length;
  }
  return { ...greys.summary(), trailingBytes: bytes.length - end };
}

/**
 * Checks an 8-bit greyscale PNG of this size and nothing else.
 * @throws {SyntaxError} saying what it is
 */
export function checkGreyMap(
  bytes: Uint8Array,
  size: { readonly width: number; readonly height: number },
): void {
  const { width, height, bitDepth, colourType, interlaced } = readPngHeader(bytes);
  if (colourType !== "grey" || bitDepth !== 8 || interlaced) {
    throw refusal("it is not an 8-bit greyscale PNG");
  }
  if (width !== size.width || height !== size.height) {
    throw refusal(`it is ${width} x ${height}, the image is ${size.width} x ${size.height} pixels`);
  }
  const { data, end, others } = imageData(bytes);
  if (others.length > 0) throw refusal(`it has a chunk ${others[0]}`);
  if (end !== bytes.length) throw refusal("there is data after its end");
  inflated(data, height * (1 + width));
}

/** Joins the compressed pixels, and finds the end of the last chunk. */
function imageData(bytes: Uint8Array): { data: Uint8Array; end: number; others: string[] } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: Uint8Array[] = [];
  const others: string[] = [];
  let hasGap = false;
  for (let at = PNG_HEADER_BYTES; at + 12 <= bytes.length;) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const end = at + 12 + length;
    if (!/^[A-Za-z]{4}$/.test(type)) throw refusal(`byte ${at} begins no chunk`);
    if (end > bytes.length) throw refusal(`it ends within chunk ${type} at byte ${at}`);
    if (crc32(bytes.subarray(at + 4, end - 4)) !== view.getUint32(end - 4)) {
      throw refusal(`the checksum of chunk ${type} at byte ${at} is wrong`);
    }
    if (type === "IEND") {
      return { data: parts.length === 1 ? parts[0]! : joinBytes(parts), end, others };
    }
    if (type === "IDAT") {
      if (hasGap) throw refusal(`chunk IDAT at byte ${at} does not follow the one before`);
      parts.push(bytes.subarray(at + 8, end - 4));
    } else {
      hasGap = parts.length > 0;
      others.push(type);
      // An upper-case first letter marks a critical chunk, which no reader may skip (specification, 5.4).
      if (/^[A-Z]/.test(type) && type !== "PLTE") throw refusal(`chunk ${type} is unknown`);
    }
    at = end;
  }
  throw refusal("its last chunk, IEND, is missing");
}

function inflated(data: Uint8Array, expected: number): Uint8Array {
  if (data.length === 0) throw refusal("it has no pixel data");
  let rows: Uint8Array;
  try {
    rows = inflateSync(data, { maxOutputLength: expected + 1, chunkSize: INFLATE_CHUNK_BYTES });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const code = "code" in error ? error.code : null;
    throw refusal(
      code === "ERR_BUFFER_TOO_LARGE"
        ? "its pixel data continues after the last row"
        : code === "Z_BUF_ERROR"
        ? "its pixel data ends early"
        : "its pixel data is damaged",
    );
  }
  if (rows.length < expected) throw refusal("its pixel data ends early");
  if (rows.length > expected) throw refusal("its pixel data continues after the last row");
  return rows;
}

/** One pass over the image: the only one, or one of Adam7's seven. */
interface Pass {
  readonly width: number;
  readonly height: number;
}

/** First column and row, and the steps, of Adam7's passes (specification, 8.1). */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

function passesOf({ width, height, interlaced }: PngHeader): readonly Pass[] {
  if (!interlaced) return [{ width, height }];
  return ADAM7.map(([x, y, stepX, stepY]) => ({
    width: Math.ceil((width - x) / stepX),
    height: Math.ceil((height - y) / stepY),
  })).filter((pass) => pass.width > 0 && pass.height > 0);
}

/** Each row is a filter byte and its pixels. */
function bytesOf({ width, height }: Pass): number {
  return height * (1 + width * PIXEL_BYTES);
}

/** Reverses the filters (specification, 9.2), row by row in place, and counts the values. */
function countPixels(bytes: Uint8Array, { width, height }: Pass, greys: GreyCounter): void {
  const rowBytes = width * PIXEL_BYTES;
  const values = new Uint16Array(width);
  let before: Uint8Array = new Uint8Array(rowBytes);
  for (let y = 0, at = 0; y < height; y++, at += rowBytes + 1) {
    const row = bytes.subarray(at + 1, at + 1 + rowBytes);
    unfilter(bytes[at]!, row, before);
    for (let x = 0; x < width; x++) values[x] = row[2 * x]! << 8 | row[2 * x + 1]!;
    greys.addRow(values, y, height);
    before = row;
  }
}

function unfilter(filter: number, row: Uint8Array, above: Uint8Array): void {
  switch (filter) {
    case 0:
      return;
    case 1:
      for (let i = PIXEL_BYTES; i < row.length; i++) row[i] = row[i]! + row[i - PIXEL_BYTES]!;
      return;
    case 2:
      for (let i = 0; i < row.length; i++) row[i] = row[i]! + above[i]!;
      return;
    case 3:
      for (let i = 0; i < row.length; i++) {
        const left = i < PIXEL_BYTES ? 0 : row[i - PIXEL_BYTES]!;
        row[i] = row[i]! + (left + above[i]! >> 1);
      }
      return;
    case 4:
      return unfilterPaeth(row, above);
    default:
      throw refusal(`its pixel data is damaged: there is no filter ${filter}`);
  }
}

function unfilterPaeth(row: Uint8Array, above: Uint8Array): void {
  for (let i = 0; i < PIXEL_BYTES; i++) row[i] = row[i]! + above[i]!;
  for (let i = PIXEL_BYTES; i < row.length; i++) {
    const a = row[i - PIXEL_BYTES]!;
    const b = above[i]!;
    const c = above[i - PIXEL_BYTES]!;
    const nearA = Math.abs(b - c);
    const nearB = Math.abs(a - c);
    const nearC = Math.abs(a + b - 2 * c);
    row[i] = row[i]! + (nearA <= nearB && nearA <= nearC ? a : nearB <= nearC ? b : c);
  }
}

function refusal(reason: string): SyntaxError {
  return new SyntaxError(`Cannot read the PNG: ${reason}`);
}
