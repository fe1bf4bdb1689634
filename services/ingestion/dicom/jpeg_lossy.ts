import type { Cells } from "./codecs.ts";
import { JpegBits, type JpegFrame, type JpegScan, readJpegScan } from "./jpeg_stream.ts";

/** Side of a block in cells. */
const SIDE = 8;
/** Place in a block of each coefficient of the stream, along the diagonals (ISO 10918-1 figure A.6). */
const ZIGZAG = Array.from({ length: SIDE * SIDE }, (_, at) => at)
  .sort((a, b) => orderOf(a) - orderOf(b));

function orderOf(place: number): number {
  const [x, y] = [place % SIDE, Math.floor(place / SIDE)];
  return (x + y) * SIDE + ((x + y) % 2 === 0 ? x : y);
}

/**
 * Decodes a sequential JPEG stream of one component and 8 or 12 bits to the cells of libjpeg's integer method.
 * @throws {RangeError} when a code is invalid, or data are missing or left over
 */
export function decodeJpegLossy(stream: Uint8Array, frame: JpegFrame, end: number): Cells {
  const { rows, columns, precision } = frame;
  const across = Math.ceil(columns / SIDE);
  const blocks = across * Math.ceil(rows / SIDE);
  const scan = readJpegScan(stream, end, blocks);
  const cells = precision > 8 ? new Uint16Array(rows * columns) : new Uint8Array(rows * columns);
  const block = new Int32Array(SIDE * SIDE);
  let at = 0;
  for (const segment of scan.segments) {
    const bits = new JpegBits(segment);
    const next = Math.min(blocks, at + (scan.interval || blocks));
    for (let dc = 0; at < next; at++) {
      block.fill(0);
      dc += readBlock(bits, scan, block);
      block[0] = dc * scan.steps[0]!;
      transform(block, precision);
      const [left, top] = [SIDE * (at % across), SIDE * Math.floor(at / across)];
      for (let y = 0; y < SIDE && top + y < rows; y++) {
        const line = block.subarray(SIDE * y, SIDE * y + Math.min(SIDE, columns - left));
        cells.set(line, (top + y) * columns + left);
      }
    }
    bits.finish();
  }
  return cells;
}

/** Reads the coefficients of a block but the first; returns the difference of that. */
function readBlock(bits: JpegBits, { dc, ac, steps }: JpegScan, block: Int32Array): number {
  const difference = bits.value(bits.symbol(dc));
  for (let at = 1; at < block.length; at++) {
    const symbol = bits.symbol(ac);
    const size = symbol & 15;
    if (size === 0 && symbol !== 0xf0) break;
    at += symbol >> 4;
    if (at >= block.length) throw new RangeError("A block is too long");
    block[ZIGZAG[at]!] = bits.value(size) * steps[at]!;
  }
  return difference;
}

/** Cosines in 13 fractional bits, as libjpeg rounds them. */
const FRACTION = 13;

/** Inverse cosine transform (Loeffler, Ligtenberg, Moschytz, ICASSP 1989) in libjpeg's fixed-point arithmetic. */
function transform(block: Int32Array, precision: number): void {
  const kept = precision > 8 ? 1 : 2; // fractional bits between the passes
  for (let x = 0; x < SIDE; x++) transformLine(block, x, SIDE, FRACTION - kept);
  for (let y = 0; y < SIDE; y++) transformLine(block, y * SIDE, 1, FRACTION + kept + 3);
  const most = 2 ** precision - 1;
  for (let at = 0; at < block.length; at++) {
    block[at] = Math.min(Math.max(block[at]! + (most + 1) / 2, 0), most);
  }
}

function transformLine(block: Int32Array, start: number, step: number, shift: number): void {
  const value = (index: number): number => block[start + index * step]!;
  const both = (value(2) + value(6)) * 4433;
  const low = both - value(6) * 15137;
  const high = both + value(2) * 6270;
  const sum = (value(0) + value(4)) * 2 ** FRACTION;
  const difference = (value(0) - value(4)) * 2 ** FRACTION;
  const even = [sum + high, difference + low, difference - low, sum - high];
  const all = (value(7) + value(3) + value(5) + value(1)) * 9633;
  const z1 = (value(7) + value(1)) * -7373;
  const z2 = (value(5) + value(3)) * -20995;
  const z3 = (value(7) + value(3)) * -16069 + all;
  const z4 = (value(5) + value(1)) * -3196 + all;
  const odd = [
    value(1) * 12299 + z1 + z4,
    value(3) * 25172 + z2 + z3,
    value(5) * 16819 + z2 + z4,
    value(7) * 2446 + z1 + z3,
  ];
  const half = 2 ** (shift - 1);
  for (let index = 0; index < 4; index++) {
    block[start + index * step] = (even[index]! + odd[index]! + half) >> shift;
    block[start + (7 - index) * step] = (even[index]! - odd[index]! + half) >> shift;
  }
}
