const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** For shorter texts, building a string by hand is faster than calling the decoder. */
const SHORT_TEXT_BYTES_MAX = 24;
const NEWLINE = 0x0a;

/** Reads the operands of opcodes in order, and never beyond the end. */
export class Cursor {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #offset = 0;

  /** @param bytes the whole pickle */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** 0-based position of the next byte. */
  get offset(): number {
    return this.#offset;
  }

  /** Remaining bytes. */
  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  /** Returns the error to throw, at the next byte's position. */
  fault(reason: string): PickleError {
    return new PickleError(this.#offset, reason);
  }

  /** Reads an unsigned 1-byte integer. */
  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  /** Reads an unsigned little-endian 2-byte integer. */
  u16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  /** Reads an unsigned little-endian 4-byte integer. */
  u32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  /** Reads a signed little-endian 4-byte integer. */
  i32(): number {
    return this.#view.getInt32(this.#advance(4), true);
  }

  /** Reads a big-endian double, as in BINFLOAT. */
  f64(): number {
    return this.#view.getFloat64(this.#advance(8), false);
  }

  /** Reads an 8-byte length, at most the remaining bytes. */
  length64(): number {
    const length = this.#view.getBigUint64(this.#advance(8), true);
    if (length > BigInt(this.remaining)) throw this.#truncated(length);
    return Number(length);
  }

  /** Returns a view of the next `length` bytes, not a copy. */
  take(length: number): Uint8Array {
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** @throws {PickleError} when the bytes are not valid UTF-8 */
  utf8(length: number): string {
    const bytes = this.take(length);
    const text = shortAscii(bytes) ?? decodeUtf8(bytes);
    if (text === null) throw this.fault("a text is not valid UTF-8; save the file again");
    return text;
  }

  /** Reads the bytes up to the next newline, and skips the newline. */
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

/** Decodes strict UTF-8, keeping a byte order mark; null when invalid. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return UTF8.decode(bytes);
  } catch {
    return null;
  }
}

/** Decodes bytes as characters U+0000 to U+00FF. */
export function decodeLatin1(bytes: Uint8Array): string {
  return shortAscii(bytes) ?? [...chunksOf(bytes)].join("");
}

function* chunksOf(bytes: Uint8Array): Generator<string> {
  const chunkBytes = 8192; // well below the engine's limit on the number of arguments
  for (let start = 0; start < bytes.length; start += chunkBytes) {
    yield String.fromCharCode(...bytes.subarray(start, start + chunkBytes));
  }
}

/** Decodes a short ASCII text; null otherwise. */
function shortAscii(bytes: Uint8Array): string | null {
  if (bytes.length > SHORT_TEXT_BYTES_MAX) return null;
  let text = "";
  for (const byte of bytes) {
    if (byte > 0x7f) return null;
    text += String.fromCharCode(byte);
  }
  return text;
}

/** A pickle that cannot be read: damaged, hostile, or not plain data. */
export class PickleError extends SyntaxError {
  /** Always `PickleError`. */
  override readonly name = "PickleError";
  /** 0-based position of the byte at which reading stopped. */
  readonly offset: number;

  /** Places a reason (what is wrong and what to do, without a full stop) at a byte of the file. */
  constructor(offset: number, reason: string) {
    super(`Cannot read the pickle at byte ${offset}: ${reason}`);
    this.offset = offset;
  }
}
