import { DicomRefused } from "./dicom_refused.ts";

/** Frame header of a JPEG or JPEG-LS stream (ISO 10918-1 B.2.2, ISO 14495-1 C.2.2). */
export interface JpegFrame {
  /** Second byte of the marker: 0xc0 baseline, 0xc1 extended, 0xc3 lossless, 0xf7 JPEG-LS. */
  readonly process: number;
  readonly precision: number;
  readonly rows: number;
  readonly columns: number;
  readonly components: number;
}

/** Huffman codes by the next 16 bits: length × 256 + symbol; 0 for an invalid code. */
type Codes = Uint16Array;

/** The only scan of a Huffman-coded JPEG stream with one component. */
export interface JpegScan {
  readonly dc: Codes;
  readonly ac: Codes;
  /** Quantisation steps in zigzag order; of no use in lossless scans. */
  readonly steps: Uint16Array;
  /** Predictor of a lossless scan, 1–7. */
  readonly predictor: number;
  /** Number of low bits that a lossless scan leaves out. */
  readonly shift: number;
  /** Coding units between two restart markers; 0 for none. */
  readonly interval: number;
  /** Entropy-coded data between restart markers, without byte stuffing. */
  readonly segments: readonly Uint8Array[];
}

/** Second bytes of markers. */
const MARKER = { codes: 0xc4, restart: 0xd0, scan: 0xda, steps: 0xdb, interval: 0xdd } as const;

/** Finds the frame header of a JPEG or JPEG-LS stream without decoding; null when there is none. */
export function readJpegFrame(bytes: Uint8Array): JpegFrame | null {
  for (const { marker, body } of segmentsBefore(bytes, bytes.length)) {
    if (!isFrame(marker) || body.length < 6) continue;
    const { buffer, byteOffset } = body;
    const view = new DataView(buffer, byteOffset);
    const [rows, columns] = [view.getUint16(1), view.getUint16(3)];
    return { process: marker, precision: body[0]!, rows, columns, components: body[5]! };
  }
  return null;
}

/** 0xc4, 0xc8 and 0xcc are tables, not frames. */
function isFrame(marker: number): boolean {
  return marker === 0xf7 ||
    (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker));
}

/**
 * Finds where the end marker begins, with its fill bytes; zeros or one byte of padding may follow it.
 * @throws {DicomRefused} `dicom_truncated` when the stream lacks the marker
 */
export function endOfStream(stream: Uint8Array): number {
  let end = stream.length;
  while (end > 2 && stream[end - 1] === 0) end -= 1;
  for (const at of [end - 2, end - 3]) {
    if (stream[at] !== 0xff || stream[at + 1] !== 0xd9) continue;
    let begin = at;
    while (begin > 2 && stream[begin - 1] === 0xff) begin -= 1;
    return begin;
  }
  throw new DicomRefused("dicom_truncated", "has incomplete pixels: copy or export it again");
}

/** Yields the marker segments of a stream up to its first scan, with the position behind each. */
function* segmentsBefore(
  bytes: Uint8Array,
  end: number,
): Generator<{ marker: number; body: Uint8Array; next: number }> {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return;
  for (let at = 2; at + 4 <= end && bytes[at] === 0xff;) {
    const marker = bytes[at + 1]!;
    if (marker === 0xff) at += 1; // fill byte
    else {
      const next = at + 2 + bytes[at + 2]! * 256 + bytes[at + 3]!;
      yield { marker, body: bytes.subarray(at + 4, next), next };
      if (marker === MARKER.scan) return;
      at = next;
    }
  }
}

/**
 * Reads the tables and data of a stream with one component, one scan and `units` coding units.
 * @throws {RangeError} when it is malformed, or has another number of restart markers
 */
export function readJpegScan(stream: Uint8Array, end: number, units: number): JpegScan {
  const tables = new Map<string, Uint16Array>();
  let interval = 0;
  let steps: number | undefined;
  for (const { marker, body, next } of segmentsBefore(stream, end)) {
    if (isFrame(marker)) steps = body[8];
    else if (marker === MARKER.codes) readCodes(body, tables);
    else if (marker === MARKER.steps) readSteps(body, tables);
    else if (marker === MARKER.interval) interval = body[0]! * 256 + body[1]!;
    else if (marker === MARKER.scan) {
      const [components, , selector = 0, predictor = 0, , approximation = 0] = body;
      const segments = withoutStuffing(stream.subarray(next, end));
      if (components !== 1 || segments.length !== Math.ceil(units / (interval || units))) break;
      const table = (name: string): Uint16Array => tables.get(name) ?? new Uint16Array(0x10000);
      return {
        dc: table(`codes ${selector >> 4}`),
        ac: table(`codes ${0x10 + (selector & 15)}`),
        steps: table(`steps ${steps}`),
        ...{ predictor, shift: approximation & 15, interval, segments },
      };
    }
  }
  throw new RangeError("The scan is malformed");
}

/** Reads a segment of Huffman tables (B.2.4.2). */
function readCodes(body: Uint8Array, tables: Map<string, Uint16Array>): void {
  for (let at = 0; at + 17 <= body.length;) {
    const counts = body.subarray(at + 1, at + 17);
    const codes = new Uint16Array(0x10000);
    tables.set(`codes ${body[at]}`, codes);
    at += 17;
    let place = 0;
    for (const [index, count] of counts.entries()) {
      const span = 2 ** (15 - index);
      for (let code = 0; code < count; code++, place += span) {
        codes.fill((index + 1) * 256 + body[at++]!, place, place + span);
      }
    }
  }
}

/** Reads a segment of quantisation tables, of 8 or 16 bits each (B.2.4.1). */
function readSteps(body: Uint8Array, tables: Map<string, Uint16Array>): void {
  for (let at = 0; at < body.length;) {
    const head = body[at++]!;
    const bytes = head >> 4 === 0 ? 1 : 2;
    const part = body.subarray(at, at += 64 * bytes);
    const steps = Uint16Array.from(
      { length: 64 },
      (_, index) => bytes === 1 ? part[index]! : part[2 * index]! * 256 + part[2 * index + 1]!,
    );
    tables.set(`steps ${head & 15}`, steps);
  }
}

/** Splits entropy-coded data at restart markers (B.1.1.3) and removes the byte stuffing. */
function withoutStuffing(data: Uint8Array): Uint8Array[] {
  const segments: Uint8Array[] = [];
  const plain = new Uint8Array(data.length);
  let begin = 0;
  let length = 0;
  let from = 0;
  for (let at = data.indexOf(0xff); at >= 0; at = data.indexOf(0xff, from)) {
    plain.set(data.subarray(from, at), length);
    length += at - from;
    from = at + 1;
    while (data[from] === 0xff) from += 1; // fill bytes
    const marker = data[from++];
    if (marker === 0) plain[length++] = 0xff;
    else if (marker === MARKER.restart + segments.length % 8) {
      segments.push(plain.subarray(begin, length));
      begin = length;
    } else throw new RangeError("A marker is within the data");
  }
  plain.set(data.subarray(from), length);
  return [...segments, plain.subarray(begin, length + data.length - from)];
}

export class JpegBits {
  #at = 0;
  /** Its lowest {@linkcode JpegBits.#count} bits are the next ones. */
  #held = 0;
  #count = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Holds at least 16 bits; behind the end they are 0, which `finish` notices. */
  #fill(): void {
    while (this.#count <= 16) {
      this.#held = this.#held << 8 | this.#bytes[this.#at++]!;
      this.#count += 8;
    }
  }

  symbol(codes: Codes): number {
    this.#fill();
    const entry = codes[this.#held >>> (this.#count - 16) & 0xffff]!;
    if (entry === 0) throw new RangeError("A code is invalid");
    this.#count -= entry >> 8;
    return entry & 0xff;
  }

  /** Reads a number of 0 to 16 bits (F.2.2.1; H.1.2.2: 16 stands for 32,768). */
  value(size: number): number {
    if (size === 0 || size === 16) return size << 11;
    if (size > 16) throw new RangeError("A number is too large");
    this.#fill();
    this.#count -= size;
    const bits = this.#held >>> this.#count & (2 ** size - 1);
    return bits < 2 ** (size - 1) ? bits - 2 ** size + 1 : bits;
  }

  /** Checks that only bits that fill the last byte are left. */
  finish(): void {
    const left = 8 * (this.#bytes.length - this.#at) + this.#count;
    if (left < 0 || left > 7) throw new RangeError("Data are missing or left over");
  }
}
