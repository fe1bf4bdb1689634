import { joinBytes } from "../../../shared/format/join_bytes.ts";

/** Encodes a 16-bit unsigned number, little-endian. */
export function number16(value: number): Uint8Array {
  return Uint8Array.of(value & 0xff, (value >>> 8) & 0xff);
}

/** Encodes a 32-bit unsigned number, little-endian. */
export function number32(value: number): Uint8Array {
  return joinBytes([number16(value & 0xffff), number16(value >>> 16)]);
}

/** Encodes ASCII text. */
export function ascii(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

/** Length of a value that ends with a delimiter. */
export const UNDEFINED_LENGTH = 0xffffffff;

/**
 * Encodes a data element's header in explicit little-endian (PS3.5 section 7.1.2); `tag` is group × 65536 +
 * element.
 */
export function elementHead(tag: number, vr: string, length: number): Uint8Array {
  const place = joinBytes([number16(tag >>> 16), number16(tag & 0xffff), ascii(vr)]);
  return ["OB", "OW", "SQ", "UN"].includes(vr)
    ? joinBytes([place, number16(0), number32(length)])
    : joinBytes([place, number16(length)]);
}

/** Encodes a data element in explicit little-endian, padded to even length; `tag` is group × 65536 + element. */
export function element(tag: number, vr: string, value: Uint8Array): Uint8Array {
  const padding = vr === "UI" || vr === "OB" ? 0 : 0x20;
  const even = value.length & 1 ? joinBytes([value, Uint8Array.of(padding)]) : value;
  return joinBytes([elementHead(tag, vr, even.length), even]);
}

/**
 * Encodes an item or delimiter.
 *
 * @param number 0xe000 item, 0xe00d end of an item, 0xe0dd end of a sequence
 */
export function item(number: number, value: Uint8Array = new Uint8Array()): Uint8Array {
  return joinBytes([number16(0xfffe), number16(number), number32(value.length), value]);
}

/** Encodes the start of a file up to its data set (PS3.10 section 7.1). */
export function fileStart(transferSyntax: string): Uint8Array {
  const meta = element(0x00020010, "UI", ascii(transferSyntax));
  const length = element(0x00020000, "UL", number32(meta.length));
  return joinBytes([new Uint8Array(128), ascii("DICM"), length, meta]);
}
