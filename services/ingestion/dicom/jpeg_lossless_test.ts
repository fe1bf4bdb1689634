import assert from "node:assert/strict";
import { decodeJpegLossless } from "./jpeg_lossless.ts";
import { decodeJpegLossy } from "./jpeg_lossy.ts";
import type { JpegFrame } from "./jpeg_stream.ts";

/** Every symbol has a code of five bits; symbol 17 has none. */
const SYMBOLS = 17;
const CODE_BITS = 5;

interface Lossless extends JpegFrame {
  readonly predictor: number;
  readonly shift: number;
  /** Lines between restart markers; 0 for none. */
  readonly lines: number;
}

const PLAIN: Lossless = {
  ...{ process: 0xc3, precision: 12, rows: 9, columns: 11, components: 1 },
  ...{ predictor: 1, shift: 0, lines: 0 },
};

function bytesOf(bits: string): number[] {
  const padded = bits.padEnd(Math.ceil(bits.length / 8) * 8, "1");
  return (padded.match(/.{8}/g) ?? []).flatMap((byte) => {
    const value = parseInt(byte, 2);
    return value === 0xff ? [0xff, 0] : [value];
  });
}

function segment(marker: number, body: readonly number[]): number[] {
  return [0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 255, ...body];
}

function table(number: number): number[] {
  const symbols = Array.from({ length: SYMBOLS }, (_, symbol) => symbol);
  return segment(0xc4, [number, 0, 0, 0, 0, SYMBOLS, ...Array(11).fill(0), ...symbols]);
}

/** A code for a number of bits, and these bits. */
function written(value: number): string {
  const size = value === -32768 ? 16 : value === 0 ? 0 : Math.floor(Math.log2(Math.abs(value))) + 1;
  const bits = value < 0 ? value + 2 ** size - 1 : value;
  const code = size.toString(2).padStart(CODE_BITS, "0");
  return size === 0 || size === 16 ? code : code + bits.toString(2).padStart(size, "0");
}

/** Differences of one segment, by the definitions of ISO 10918-1 annex H. */
function differences(cells: readonly number[], image: Lossless): number[] {
  const { columns, predictor, precision, shift } = image;
  return cells.map((cell, at) => {
    const [a, b, c] = [cells[at - 1]!, cells[at - columns]!, cells[at - columns - 1]!];
    const half = (x: number): number => Math.floor(x / 2);
    const guesses = [0, a, b, c, a + b - c, a + half(b - c), b + half(a - c), half(a + b)];
    const guess = at === 0
      ? 2 ** (precision - shift - 1)
      : at < columns
      ? a
      : at % columns === 0
      ? b
      : guesses[predictor]!;
    return (cell - guess) << 16 >> 16;
  });
}

function stream(image: Lossless, cells: readonly number[]): Uint8Array {
  const { rows, columns, predictor, shift, lines } = image;
  const perSegment = (lines || rows) * columns;
  const low = cells.map((cell) => cell >> shift);
  const data: number[] = [];
  for (let at = 0; at < low.length; at += perSegment) {
    if (at > 0) data.push(0xff, 0xd0 + (at / perSegment - 1) % 8);
    const part = differences(low.slice(at, at + perSegment), image);
    data.push(...bytesOf(part.map(written).join("")));
  }
  const interval = lines * columns;
  return Uint8Array.from([
    ...[0xff, 0xd8, ...table(0), ...segment(0xdd, [interval >> 8, interval & 255])],
    ...segment(0xda, [1, 1, 0, predictor, 0, shift]),
    ...data,
  ]);
}

function cellsOf({ precision, rows, columns, shift }: JpegFrame & { shift: number }): number[] {
  const most = 2 ** precision - 1;
  return Array.from(
    { length: rows * columns },
    (_, at) =>
      [0, most, at * 7919 & most][at % 5 === 0 ? 0 : at % 7 === 0 ? 1 : 2]! >> shift << shift,
  );
}

Deno.test("lossless JPEG is decoded with every predictor, precision, point transform and interval", () => {
  for (const precision of [8, 12, 16]) {
    for (const predictor of [1, 2, 3, 4, 5, 6, 7]) {
      for (const [shift, lines] of [[0, 0], [2, 0], [0, 1], [1, 4]] as const) {
        const image = { ...PLAIN, precision, predictor, shift, lines };
        const cells = cellsOf(image);
        const bytes = stream(image, cells);
        const decoded = decodeJpegLossless(bytes, image, bytes.length);
        assert.deepEqual([...decoded], cells, JSON.stringify(image));
      }
    }
  }
});

Deno.test("lossless JPEG that misses data, or has some left over, is malformed wherever it is cut", () => {
  for (const lines of [0, 2]) {
    const image = { ...PLAIN, lines };
    const bytes = stream(image, cellsOf(image));
    for (let end = 0; end < bytes.length; end++) {
      assert.throws(
        () => decodeJpegLossless(bytes.slice(0, end), image, end),
        RangeError,
        `${end}`,
      );
    }
    const longer = Uint8Array.from([...bytes, 0x55]);
    assert.throws(() => decodeJpegLossless(longer, image, longer.length), RangeError);
  }
});

Deno.test("restart markers must be there, in order, at the end of a line", () => {
  const image = { ...PLAIN, lines: 2 };
  const bytes = stream(image, cellsOf(image));
  const at = bytes.findIndex((byte, index) => byte === 0xff && bytes[index + 1] === 0xd1);
  const swapped = bytes.with(at + 1, 0xd2);
  const without = Uint8Array.from([...bytes.slice(0, at), ...bytes.slice(at + 2)]);
  for (const damaged of [swapped, without]) {
    assert.throws(() => decodeJpegLossless(damaged, image, damaged.length), RangeError);
  }
  const narrow = { ...image, columns: 10 };
  assert.throws(() => decodeJpegLossless(bytes, narrow, bytes.length), RangeError);
});

Deno.test("a sequential JPEG stream must hold all blocks and nothing else", () => {
  const frame = { ...PLAIN, process: 0xc0, precision: 8, rows: 17, columns: 16 };
  // A difference of two bits, two values of one bit, and the end of the block.
  const block = [2, 1, 1, 0].map((size) =>
    size.toString(2).padStart(CODE_BITS, "0") + "1".repeat(size)
  ).join("");
  const streamOf = (blocks: number): Uint8Array =>
    Uint8Array.from([
      ...[0xff, 0xd8, ...table(0), ...table(0x10), ...segment(0xda, [1, 1, 0, 0, 63, 0])],
      ...bytesOf(block.repeat(blocks)),
    ]);
  const check = (blocks: number): void => {
    const bytes = streamOf(blocks);
    decodeJpegLossy(bytes, frame, bytes.length);
  };
  check(6);
  assert.throws(() => check(5), RangeError);
  assert.throws(() => check(7), RangeError);
});
