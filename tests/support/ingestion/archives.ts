/**
 * Archives made byte by byte for tests, including invalid ones.
 *
 * @module
 */
import { crc32, deflateRawSync } from "node:zlib";

/** An entry of a zip, with optional deviations in its two headers. */
export interface ZipEntry {
  readonly name: string;
  readonly content?: Uint8Array;
  readonly method?: number;
  readonly flags?: number;
  /** Upper half of the external attributes. */
  readonly mode?: number;
  readonly crc?: number;
  /** Unpacked size in both headers. */
  readonly size?: number;
  /** Deviations of the local header. */
  readonly local?: { readonly name?: string; readonly size?: number; readonly crc?: number };
  /** Index of the entry whose bytes this one shares instead of writing its own. */
  readonly sharesWith?: number;
  /** Extra field of the central header. */
  readonly extra?: Uint8Array;
}

/** Deviations of the end of a zip. */
export interface ZipEnd {
  readonly entryCount?: number;
  readonly disk?: number;
  readonly directoryOffset?: number;
  /** Bytes before the end record, such as a zip64 locator. */
  readonly before?: Uint8Array;
}

/** Compression method deflate. */
const DEFLATED = 8;
/** Flag: names are UTF-8. */
const UTF8 = 0x800;

/** Writes a zip (APPNOTE.TXT 4.3). */
export function zip(entries: readonly ZipEntry[], end: ZipEnd = {}): Uint8Array<ArrayBuffer> {
  const files: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  const offsets: number[] = [];
  let offset = 0;
  for (const entry of entries) {
    const content = entry.content ?? new Uint8Array(0);
    const method = entry.method ?? DEFLATED;
    const packed = method === DEFLATED ? new Uint8Array(deflateRawSync(content)) : content;
    const told = { crc: entry.crc ?? crc32(content), size: entry.size ?? content.length };
    const head = (name: string, { crc, size }: typeof told): number[] => [
      ...u16(UTF8 | (entry.flags ?? 0)),
      ...u16(method),
      ...u32(0),
      ...u32(crc),
      ...u32(packed.length),
      ...u32(size),
      ...u16(utf8(name).length),
    ];
    const local = { crc: entry.local?.crc ?? told.crc, size: entry.local?.size ?? told.size };
    const localName = entry.local?.name ?? entry.name;
    offsets.push(entry.sharesWith === undefined ? offset : offsets[entry.sharesWith]!);
    if (entry.sharesWith === undefined) {
      files.push(bytes(0x504b0304, 20, head(localName, local), u16(0), utf8(localName), packed));
      offset += files.at(-1)!.length;
    }
    const extra = entry.extra ?? new Uint8Array(0);
    const rest = [u16(extra.length), u16(0), u16(0), u16(0), u16(0), u16(entry.mode ?? 0)].flat();
    directory.push(bytes(
      0x504b0102,
      20,
      [...u16(20), ...head(entry.name, told), ...rest, ...u32(offsets.at(-1)!)],
      [],
      utf8(entry.name),
      extra,
    ));
  }
  const size = directory.reduce((sum, one) => sum + one.length, 0);
  const count = end.entryCount ?? entries.length;
  const record = [
    ...u16(end.disk ?? 0),
    ...u16(0),
    ...u16(count),
    ...u16(count),
    ...u32(size),
    ...u32(end.directoryOffset ?? offset),
    ...u16(0),
  ];
  const tail = Uint8Array.from([...(end.before ?? []), 0x50, 0x4b, 5, 6, ...record]);
  return concat([...files, ...directory, tail]);
}

/** An entry of a tar. */
export interface TarEntry {
  readonly name: string;
  readonly content?: Uint8Array;
  /** Type flag: "0" file, "1" hard link, "2" link, "3" and "4" devices, "5" folder, "6" FIFO. */
  readonly type?: string;
  readonly link?: string;
}

/**
 * Writes a tar (POSIX.1-2017 ustar).
 *
 * @param endBlocks blocks of zeros at its end
 */
export function tar(entries: readonly TarEntry[], endBlocks = 2): Uint8Array<ArrayBuffer> {
  const parts = entries.flatMap(({ name, content = new Uint8Array(0), type = "0", link = "" }) => {
    const header = new Uint8Array(512);
    const put = (text: string, at: number): void => header.set(utf8(text), at);
    put(name, 0);
    put("0000644\0", 100);
    put("0000000\0", 108);
    put("0000000\0", 116);
    put(`${content.length.toString(8).padStart(11, "0")}\0`, 124);
    put("00000000000\0", 136);
    put("        ", 148);
    put(type, 156);
    put(link, 157);
    put("ustar\x0000", 257);
    put(`${header.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, "0")}\0 `, 148);
    return [header, content, new Uint8Array((512 - content.length % 512) % 512)];
  });
  return concat([...parts, new Uint8Array(512 * endBlocks)]);
}

/** Concatenates byte arrays. */
export function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function bytes(
  signature: number,
  version: number,
  head: readonly number[],
  extraLength: readonly number[],
  name: Uint8Array,
  rest: Uint8Array,
): Uint8Array {
  const mark = [24, 16, 8, 0].map((shift) => (signature >>> shift) & 0xff);
  return concat([
    Uint8Array.from([...mark, ...u16(version), ...head, ...extraLength]),
    name,
    rest,
  ]);
}

function u16(value: number): number[] {
  return [value & 0xff, (value >>> 8) & 0xff];
}

/** Encodes four bytes, little endian. */
export function u32(value: number): number[] {
  return [...u16(value), ...u16(value >>> 16)];
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
