import type { Cells } from "./codecs.ts";
import { JpegBits, type JpegFrame, type JpegScan, readJpegScan } from "./jpeg_stream.ts";

/**
 * Decodes a lossless JPEG stream of one component (ISO 10918-1 annex H); `end` is where the end marker begins.
 * @throws {RangeError} when a code is invalid, or data are missing or left over
 */
export function decodeJpegLossless(stream: Uint8Array, frame: JpegFrame, end: number): Cells {
  const { rows, columns, precision } = frame;
  const scan = readJpegScan(stream, end, rows * columns);
  if (scan.interval % columns !== 0 || PREDICTORS[scan.predictor] === undefined) {
    throw new RangeError("The scan is malformed");
  }
  const values = new Uint16Array(rows * columns);
  const most = 2 ** (precision - scan.shift) - 1;
  for (const [index, segment] of scan.segments.entries()) {
    const first = index * scan.interval;
    const part = values.subarray(first, first + (scan.interval || values.length));
    decodeLines(new JpegBits(segment), scan, part, columns, (most + 1) / 2);
  }
  if (most < 0xffff && values.some((value) => value > most)) throw new RangeError("Out of range");
  const cells = precision > 8 ? values : Uint8Array.from(values);
  return scan.shift === 0 ? cells : cells.map((value) => value << scan.shift);
}

/** Decodes the lines of one segment, in which the first has no line above (H.1.2.1). */
function decodeLines(
  bits: JpegBits,
  { dc, predictor }: JpegScan,
  values: Uint16Array,
  columns: number,
  start: number,
): void {
  const predict = PREDICTORS[predictor]!;
  for (let at = 0; at < values.length; at++) {
    const left = values[at - 1]!;
    const above = values[at - columns]!;
    const guess = at === 0
      ? start
      : at < columns
      ? left
      : at % columns === 0
      ? above
      : predict(left, above, values[at - columns - 1]!);
    values[at] = guess + bits.value(bits.symbol(dc)); // modulo 2^16
  }
  bits.finish();
}

/** Predictors by number (table H.1), from the values to the left, above, and above left. */
const PREDICTORS: readonly (((a: number, b: number, c: number) => number) | undefined)[] = [
  undefined,
  (a) => a,
  (_, b) => b,
  (_a, _b, c) => c,
  (a, b, c) => a + b - c,
  (a, b, c) => a + ((b - c) >> 1),
  (a, b, c) => b + ((a - c) >> 1),
  (a, b) => (a + b) >> 1,
];
