import { OPCODES } from "./opcodes.ts";

/** Size at which a frame is closed, and from which an opcode is written outside frames (as in CPython). */
const FRAME_BYTES = 64 * 1024;
/** Shorter frames save nothing, so CPython writes none. */
const FRAME_BYTES_MIN = 4;
/** Number of UTF-16 units that always fit in 255 bytes of UTF-8. */
const SHORT_TEXT_UNITS_MAX = 85;

const ENCODER = new TextEncoder();

/** Opcodes with a payload, by the size of their length field: 1, 4 or 8 bytes. */
export interface PayloadOpcodes {
  /** Opcode with a 1-byte length. */
  readonly short: number;
  /** Opcode with a 4-byte length. */
  readonly long: number;
  /** Opcode with an 8-byte length. */
  readonly huge: number;
}

/** Collects opcodes into the frames of protocol 4 (PEP 3154), and never splits an opcode. */
export class FramedOutput {
  readonly #parts: Uint8Array[] = [];
  readonly #frame = new Uint8Array(2 * FRAME_BYTES);
  #length = 0;

  /** @param protocol protocol number, written outside any frame */
  constructor(protocol: number) {
    this.#parts.push(Uint8Array.of(OPCODES.PROTO, protocol));
  }

  /** Writes an opcode without operand. */
  byte(code: number): void {
    this.#boundary();
    this.#frame[this.#length++] = code;
  }

  /** Writes an opcode with a little-endian operand of `size` bytes. */
  operand(code: number, operand: number, size: 1 | 2 | 4): void {
    this.#boundary();
    this.#frame[this.#length++] = code;
    for (let shift = 0; shift < 8 * size; shift += 8) {
      this.#frame[this.#length++] = (operand >> shift) & 0xff;
    }
  }

  /** Writes a whole opcode with its operand. */
  opcode(bytes: Uint8Array): void {
    this.#boundary();
    if (bytes.length >= FRAME_BYTES) {
      this.#closeFrame();
      this.#parts.push(bytes);
      return;
    }
    this.#frame.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  text(text: string, codes: PayloadOpcodes): void {
    if (text.length > SHORT_TEXT_UNITS_MAX) return this.payload(ENCODER.encode(text), codes);
    this.#boundary();
    const start = this.#length;
    const { written } = ENCODER.encodeInto(text, this.#frame.subarray(start + 2));
    this.#frame[start] = codes.short;
    this.#frame[start + 1] = written;
    this.#length = start + 2 + written;
  }

  /** Writes bytes with the opcode for their length. */
  payload(payload: Uint8Array, codes: PayloadOpcodes): void {
    const length = payload.length;
    const size = length < 0x100 ? 1 : length < 2 ** 32 ? 4 : 8;
    const bytes = new Uint8Array(1 + size + length);
    bytes[0] = size === 1 ? codes.short : size === 4 ? codes.long : codes.huge;
    const view = new DataView(bytes.buffer);
    if (size === 1) view.setUint8(1, length);
    else if (size === 4) view.setUint32(1, length, true);
    else view.setBigUint64(1, BigInt(length), true);
    bytes.set(payload, 1 + size);
    this.opcode(bytes);
  }

  /** Returns everything written. */
  end(): Uint8Array<ArrayBuffer> {
    this.#closeFrame();
    const bytes = new Uint8Array(this.#parts.reduce((sum, part) => sum + part.length, 0));
    let offset = 0;
    for (const part of this.#parts) {
      bytes.set(part, offset);
      offset += part.length;
    }
    return bytes;
  }

  #boundary(): void {
    if (this.#length >= FRAME_BYTES) this.#closeFrame();
  }

  #closeFrame(): void {
    if (this.#length >= FRAME_BYTES_MIN) {
      const header = new Uint8Array(9);
      header[0] = OPCODES.FRAME;
      new DataView(header.buffer).setBigUint64(1, BigInt(this.#length), true);
      this.#parts.push(header);
    }
    this.#parts.push(this.#frame.slice(0, this.#length));
    this.#length = 0;
  }
}
