import { inflateRawSync } from "node:zlib";
import {
  DICOM_DEPTH_MAX,
  DICOM_ELEMENTS_MAX,
  DICOM_FILE_BYTES_MAX,
} from "../../../shared/limits.ts";
import { DataSet, type Element, type PixelPlace } from "./data_set.ts";
import { DicomRefused } from "./dicom_refused.ts";
import { SEQUENCES, TAG_NAMES, type TagName, TAGS } from "./tags.ts";
import { TRANSFER_SYNTAXES, type TransferSyntax } from "./transfer_syntaxes.ts";

/** A DICOM file as far as its pixels. */
export interface DicomFile {
  readonly transferSyntax: TransferSyntax;
  readonly dataSet: DataSet;
  /** What {@linkcode DicomFile.pixels} counts in: the file, or what it inflates to. */
  readonly bytes: Uint8Array;
  /** Where the pixels are; null when there are none. */
  readonly pixels: PixelPlace | null;
}

/** More of the file is needed than was given: read on and try again. */
export class NeedsMoreBytes extends Error {
  override name = "NeedsMoreBytes";
  /** What was read of the file so far. */
  dataSet: DataSet | null = null;
}

const PREAMBLE_BYTES = 128;
const META_GROUP = 0x0002;
const UNDEFINED_LENGTH = 0xffffffff;
const ITEM = 0xfffee000;
const ITEM_END = 0xfffee00d;
const SEQUENCE_END = 0xfffee0dd;
/** VRs whose length has four bytes after two reserved ones (PS3.5 section 7.1.2). */
const LONG_VRS = new Set("OB OD OF OL OV OW SQ SV UC UN UR UT UV".split(" "));

/**
 * Reads those data elements of a DICOM file that mammoeval needs, up to the pixels (PS3.5, PS3.10).
 *
 * @param bytes the file, or its beginning
 * @param fileBytes size of the whole file
 * @returns elements and the place of the pixels
 * @throws {NeedsMoreBytes} when the beginning does not reach as far as the pixels; with what was read before
 * @throws {DicomRefused} when it is no DICOM, too large, cut off or malformed; with what was read before
 */
export function readDicomFile(bytes: Uint8Array, fileBytes: number): DicomFile {
  const start = PREAMBLE_BYTES + 4;
  const magic = String.fromCharCode(...bytes.subarray(PREAMBLE_BYTES, start));
  if (magic !== "DICM") {
    throw new DicomRefused("dicom_not_dicom", "is no DICOM file: it has no DICM prefix");
  }
  const found = new Map<TagName, Element>();
  let littleEndian = true;
  try {
    const meta = new Reader(bytes, fileBytes, { littleEndian, explicitVr: true }, found);
    meta.position = start;
    const uid = meta.readMeta().text("TransferSyntaxUID");
    const known = Object.hasOwn(TRANSFER_SYNTAXES, uid) ? TRANSFER_SYNTAXES[uid] : undefined;
    // Whatever is encapsulated is explicit and little-endian (PS3.5 annex A.4): its header can be read.
    const transferSyntax = known ?? TRANSFER_SYNTAXES["1.2.840.10008.1.2.1"]!;
    littleEndian = transferSyntax.littleEndian;
    const file = readBody(bytes, fileBytes, meta.position, transferSyntax, found);
    if (known === undefined) throw unsupported(uid);
    if (fileBytes > DICOM_FILE_BYTES_MAX) {
      throw new DicomRefused("dicom_too_large", `has over ${DICOM_FILE_BYTES_MAX} bytes`);
    }
    return file;
  } catch (error) {
    if (error instanceof DicomRefused || error instanceof NeedsMoreBytes) {
      error.dataSet = new DataSet(found, littleEndian);
    }
    throw error;
  }
}

function readBody(
  bytes: Uint8Array,
  fileBytes: number,
  position: number,
  transferSyntax: TransferSyntax,
  found: Map<TagName, Element>,
): DicomFile {
  if (!transferSyntax.deflated) {
    const reader = new Reader(bytes, fileBytes, transferSyntax, found);
    reader.position = position;
    return { transferSyntax, bytes, ...reader.readRoot() };
  }
  if (bytes.length < fileBytes) throw new NeedsMoreBytes();
  const inflated = inflate(bytes.subarray(position));
  const reader = new Reader(inflated, inflated.length, transferSyntax, found);
  return { transferSyntax, bytes: inflated, ...reader.readRoot() };
}

function unsupported(uid: string): DicomRefused {
  return new DicomRefused(
    "dicom_transfer_syntax_unsupported",
    `has transfer syntax ${/^[\d.]{1,64}$/.test(uid) ? uid : "(none)"}, which is not read: ` +
      "export it uncompressed, lossless JPEG, JPEG-LS or JPEG 2000",
  );
}

function inflate(bytes: Uint8Array): Uint8Array {
  try {
    const { buffer, byteOffset, length } = inflateRawSync(bytes, {
      maxOutputLength: DICOM_FILE_BYTES_MAX,
    });
    return new Uint8Array(buffer, byteOffset, length); // a Buffer's slices are no copies
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE") {
      throw new DicomRefused("dicom_too_large", `inflates to over ${DICOM_FILE_BYTES_MAX} bytes`);
    }
    throw new DicomRefused("dicom_truncated", "is cut off or damaged: it does not inflate");
  }
}

/** Head of a data element. */
interface Head {
  readonly tag: number;
  readonly vr: string;
  /** In bytes, or {@linkcode UNDEFINED_LENGTH}. */
  readonly length: number;
}

/** Walks over data elements; keeps those that have a name in {@linkcode TAG_NAMES}. */
class Reader {
  position = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #fileBytes: number;
  readonly #littleEndian: boolean;
  #explicitVr: boolean;
  #elements = 0;
  /** The elements outside of sequences. */
  readonly #found: Map<TagName, Element>;

  constructor(
    bytes: Uint8Array,
    fileBytes: number,
    { littleEndian, explicitVr }: Pick<TransferSyntax, "littleEndian" | "explicitVr">,
    found: Map<TagName, Element>,
  ) {
    this.#found = found;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#fileBytes = fileBytes;
    this.#littleEndian = littleEndian;
    this.#explicitVr = explicitVr;
  }

  /**
   * Reads the elements of the file meta information. Its length is told by its first element; where
   * that is missing, it ends with its group. What comes next may be deflated and look like anything.
   */
  readMeta(): DataSet {
    const found = this.#found;
    let end = Infinity;
    while (this.position < end && this.#rest() > 0) {
      this.#require(8);
      if (end === Infinity && this.#tag() >>> 16 !== META_GROUP) break;
      const head = this.#head();
      this.#value(head, found, 0);
      if (head.tag !== TAGS.FileMetaInformationGroupLength) continue;
      const length = found.get("FileMetaInformationGroupLength")!.bytes;
      if (length.length === 4) {
        end = this.position + new DataView(length.buffer, length.byteOffset).getUint32(0, true);
      }
    }
    return new DataSet(found, this.#littleEndian);
  }

  /** Reads a file's data set up to its pixels; what comes after them is of no use. */
  readRoot(): { dataSet: DataSet; pixels: PixelPlace | null } {
    const found = this.#found;
    let pixels: PixelPlace | null = null;
    while (this.#rest() > 0) {
      const head = this.#head();
      if (head.tag === TAGS.PixelData) {
        const length = head.length === UNDEFINED_LENGTH ? null : head.length;
        pixels = { vr: head.vr, offset: this.position, length };
        break;
      }
      this.#value(head, found, 0);
    }
    return { dataSet: new DataSet(found, this.#littleEndian), pixels };
  }

  /** Bytes of the file that are left, given or not. */
  #rest(): number {
    return this.#fileBytes - this.position;
  }

  /** Makes sure that so many bytes can be read here. */
  #require(length: number): void {
    if (length > this.#rest()) {
      throw new DicomRefused("dicom_truncated", "is cut off: copy it again");
    }
    if (this.position + length > this.#bytes.length) throw new NeedsMoreBytes();
  }

  #tag(): number {
    const group = this.#view.getUint16(this.position, this.#littleEndian);
    const element = this.#view.getUint16(this.position + 2, this.#littleEndian);
    return group * 0x10000 + element;
  }

  #head(): Head {
    this.#elements += 1;
    if (this.#elements > DICOM_ELEMENTS_MAX) {
      throw new DicomRefused(
        "dicom_unreadable",
        `has over ${DICOM_ELEMENTS_MAX} data elements: no mammogram has`,
      );
    }
    this.#require(8);
    const tag = this.#tag();
    // Items and delimiters have no VR, in explicit files neither (PS3.5 section 7.5).
    if (!this.#explicitVr || tag >>> 16 === 0xfffe) {
      const length = this.#view.getUint32(this.position + 4, this.#littleEndian);
      this.position += 8;
      return { tag, vr: "", length };
    }
    const vr = String.fromCharCode(
      this.#bytes[this.position + 4]!,
      this.#bytes[this.position + 5]!,
    );
    if (!/^[A-Z]{2}$/.test(vr)) {
      throw new DicomRefused("dicom_unreadable", "is malformed: a data element has no VR");
    }
    if (!LONG_VRS.has(vr)) {
      const length = this.#view.getUint16(this.position + 6, this.#littleEndian);
      this.position += 8;
      return { tag, vr, length };
    }
    this.#require(12);
    const length = this.#view.getUint32(this.position + 8, this.#littleEndian);
    this.position += 12;
    return { tag, vr, length };
  }

  #value({ tag, vr, length }: Head, found: Map<TagName, Element>, depth: number): void {
    const name = TAG_NAMES.get(tag);
    const isSequence = vr === "SQ" || (name !== undefined && SEQUENCES.has(name));
    if (length === UNDEFINED_LENGTH || (isSequence && name !== undefined)) {
      const items = this.#items(length, vr, depth + 1);
      if (name !== undefined) found.set(name, { vr, bytes: new Uint8Array(), items });
      return;
    }
    if (name === undefined) {
      if (length > this.#rest()) this.#require(length);
      this.position += length;
      return;
    }
    this.#require(length);
    const bytes = this.#bytes.subarray(this.position, this.position + length);
    found.set(name, { vr, bytes, items: [] });
    this.position += length;
  }

  /** Reads the items of a sequence, or walks over the fragments of encapsulated pixels. */
  #items(length: number, vr: string, depth: number): DataSet[] {
    if (depth > DICOM_DEPTH_MAX) {
      throw new DicomRefused("dicom_unreadable", `has over ${DICOM_DEPTH_MAX} nested sequences`);
    }
    const explicitVr = this.#explicitVr;
    // An unknown element of undefined length is an implicit sequence (PS3.5 section 6.2.2, note 4).
    if (vr === "UN") this.#explicitVr = false;
    const end = length === UNDEFINED_LENGTH ? Infinity : this.position + length;
    const items: DataSet[] = [];
    while (this.position < end) {
      const head = this.#head();
      if (head.tag === SEQUENCE_END) break;
      if (head.tag !== ITEM) {
        throw new DicomRefused("dicom_unreadable", "is malformed: a sequence holds no item");
      }
      if (vr === "OB" || vr === "OW") this.#skip(head.length);
      else items.push(this.#item(head.length, depth));
    }
    this.#explicitVr = explicitVr;
    return items;
  }

  #skip(length: number): void {
    if (length > this.#rest()) this.#require(length);
    this.position += length;
  }

  #item(length: number, depth: number): DataSet {
    const found = new Map<TagName, Element>();
    const end = length === UNDEFINED_LENGTH ? Infinity : this.position + length;
    while (this.position < end) {
      const head = this.#head();
      if (head.tag === ITEM_END) break;
      this.#value(head, found, depth);
    }
    return new DataSet(found, this.#littleEndian);
  }
}
