import { decodeLatin1, decodeUtf8 } from "./cursor.ts";

/** A non-ASCII `str` of Python 2: its use decides whether it is text or packed numbers. */
export class Python2Text {
  /** The bytes, as written. */
  readonly bytes: Uint8Array;

  /** @param bytes the bytes, as written */
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Decodes the text: as UTF-8 if valid, else as Latin-1. */
  text(): string {
    return decodeUtf8(this.bytes) ?? decodeLatin1(this.bytes);
  }
}

/** Reads a `str` of Python 2: as text if all bytes are ASCII, else as undecided bytes. */
export function python2Text(bytes: Uint8Array): string | Python2Text {
  return bytes.every((byte) => byte < 0x80) ? decodeLatin1(bytes) : new Python2Text(bytes.slice());
}

const SIMPLE_ESCAPES: Readonly<Record<string, number | undefined>> = {
  "\\": 0x5c,
  "'": 0x27,
  '"': 0x22,
  a: 0x07,
  b: 0x08,
  f: 0x0c,
  n: 0x0a,
  r: 0x0d,
  t: 0x09,
  v: 0x0b,
};

/** Parses the operand of the STRING opcode (without newline), a quoted Python 2 `str` literal; null when malformed. */
export function parseStringLiteral(line: Uint8Array): Uint8Array | null {
  const literal = decodeLatin1(line).trim();
  const quote = literal[0];
  if (literal.length < 2 || (quote !== "'" && quote !== '"') || literal.at(-1) !== quote) {
    return null;
  }
  const body = literal.slice(1, -1);
  if (!body.includes("\\")) return Uint8Array.from(body, (character) => character.charCodeAt(0));
  const bytes: number[] = [];
  let end = 0;
  for (const match of body.matchAll(/\\(?:x([0-9a-fA-F]{2})|([0-7]{1,3})|([^]))|[^\\]/g)) {
    const [whole, hex, octal, simple] = match;
    end = match.index + whole.length;
    if (hex !== undefined) bytes.push(parseInt(hex, 16));
    else if (octal !== undefined) bytes.push(parseInt(octal, 8) & 0xff);
    else if (simple === undefined) bytes.push(whole.charCodeAt(0));
    else {
      const byte = SIMPLE_ESCAPES[simple];
      if (byte !== undefined) bytes.push(byte);
      else bytes.push(0x5c, simple.charCodeAt(0)); // Python keeps an unknown escape
    }
  }
  return end === body.length ? Uint8Array.from(bytes) : null;
}

/** Parses raw-unicode-escape (UNICODE opcode); null when an escape is malformed or names no character. */
export function parseRawUnicode(line: Uint8Array): string | null {
  let valid = true;
  const text = decodeLatin1(line).replace(
    /(\\+)(?:u([0-9a-fA-F]{0,4})|U([0-9a-fA-F]{0,8}))?/g,
    (whole: string, slashes: string, short?: string, long?: string) => {
      const digits = short ?? long;
      // An escaped backslash starts no escape.
      if (digits === undefined || slashes.length % 2 === 0) return whole;
      const point = parseInt(digits, 16);
      valid &&= digits.length === (short === undefined ? 8 : 4) && point <= 0x10ffff;
      return valid ? slashes.slice(1) + String.fromCodePoint(point) : whole;
    },
  );
  return valid && text.isWellFormed() ? text : null;
}

/** Parses the integer of INT, or of LONG with a final `L`; null when malformed. */
export function parseDecimal(line: Uint8Array): bigint | null {
  const text = decodeLatin1(line).trim();
  return /^[+-]?\d+L?$/.test(text) ? BigInt(text.replace(/^\+|L$/g, "")) : null;
}

/** Parses the operand of the FLOAT opcode (without newline), Python's `repr` of a float; null when malformed. */
export function parseFloatText(line: Uint8Array): number | null {
  const text = decodeLatin1(line).trim().toLowerCase();
  if (/^[+-]?nan$/.test(text)) return NaN;
  const infinite = /^([+-]?)inf(inity)?$/.exec(text);
  if (infinite !== null) return infinite[1] === "-" ? -Infinity : Infinity;
  return /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/.test(text) ? Number(text) : null;
}

/** Reads a little-endian two's-complement integer of any length, as in LONG1 and LONG4; no bytes mean 0. */
export function parseTwosComplement(bytes: Uint8Array): bigint {
  if (bytes.length === 0) return 0n;
  let hex = "0x";
  for (let index = bytes.length - 1; index >= 0; index--) {
    hex += bytes[index]!.toString(16).padStart(2, "0");
  }
  return BigInt.asIntN(bytes.length * 8, BigInt(hex));
}
