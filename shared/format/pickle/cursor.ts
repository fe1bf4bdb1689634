import { PickleError } from "./error.ts";

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** Below this, building a string by hand beats a call of the decoder. */
const SHORT_TEXT_BYTES_MAX = 24;
const NEWLINE = 0x0a;

/** Reads the operands of opcodes, one after another, and never beyond the end. */
export class Cursor {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #offset = 0;

  /** @param bytes the whole pickle */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Position of the next byte, from 0. */
  get offset(): number {
    return this.#offset;
  }

  /** Bytes that are left. */
  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  /** @returns the error to throw, placed at the next byte */
  fault(reason: string): PickleError {
    return new PickleError(this.#offset, reason);
  }

  /** @returns an unsigned integer of 1 byte */
  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  /** @returns an unsigned little-endian integer of 2 bytes */
  u16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  /** @returns an unsigned little-endian integer of 4 bytes */
  u32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  /** @returns a signed little-endian integer of 4 bytes */
  i32(): number {
    return this.#view.getInt32(this.#advance(4), true);
  }

  /** @returns a big-endian double, as BINFLOAT has it */
  f64(): number {
    return this.#view.getFloat64(this.#advance(8), false);
  }

  /** @returns a length of 8 bytes, at most what is left of the file */
  length64(): number {
    const length = this.#view.getBigUint64(this.#advance(8), true);
    if (length > BigInt(this.remaining)) throw this.#truncated(length);
    return Number(length);
  }

  /**
   * @param length number of bytes
   * @returns a view of them, not a copy
   */
  take(length: number): Uint8Array {
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  /**
   * @param length number of bytes
   * @returns them as text
   * @throws {PickleError} when they are not valid UTF-8
   */
  utf8(length: number): string {
    const bytes = this.take(length);
    const text = shortAscii(bytes) ?? decodeUtf8(bytes);
    if (text === null) throw this.fault("a text is not valid UTF-8; save the file again");
    return text;
  }

  /** @returns the bytes before the next newline, which is skipped */
  line(): Uint8Array {
    const end = this.#bytes.indexOf(NEWLINE, this.#offset);
    if (end < 0) throw this.#truncated("a newline");
    const line = this.take(end - this.#offset);
    this.#offset++;
    return line;
  }

  #advance(length: number): number {
    if (length > this.remaining) throw this.#truncated(length);
    const start = this.#offset;
    this.#offset += length;
    return start;
  }

  #truncated(wanted: number | bigint | string): PickleError {
    const what = typeof wanted === "string" ? wanted : `${wanted} more bytes`;
    return this.fault(`the file ends early, ${what} expected; copy or save the file again`);
  }
}

/** Strict UTF-8, a byte order mark kept as a character; null when the bytes are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return UTF8.decode(bytes);
  } catch {
    return null;
  }
}

/** Bytes as characters U+0000 to U+00FF. */
export function decodeLatin1(bytes: Uint8Array): string {
  return shortAscii(bytes) ?? [...chunksOf(bytes)].join("");
}

function* chunksOf(bytes: Uint8Array): Generator<string> {
  const chunkBytes = 8192; // well below the engine's limit on the number of arguments
  for (let start = 0; start < bytes.length; start += chunkBytes) {
    yield String.fromCharCode(...bytes.subarray(start, start + chunkBytes));
  }
}

/** The text of few bytes when all are ASCII, else null. */
function shortAscii(bytes: Uint8Array): string | null {
  if (bytes.length > SHORT_TEXT_BYTES_MAX) return null;
  let text = "";
  for (const byte of bytes) {
    if (byte > 0x7f) return null;
    text += String.fromCharCode(byte);
  }
  return text;
}
