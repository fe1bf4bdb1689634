import { DICOM_DEPTH_MAX, DICOM_ELEMENTS_MAX } from "../../../shared/limits.ts";
import { DataSet, type Element, type PixelPlace } from "./data_set.ts";
import { DicomRefused } from "./dicom_refused.ts";
import { SEQUENCES, TAG_NAMES, type TagName, TAGS } from "./tags.ts";

/** The given bytes do not suffice: read more of the file and retry. */
export class NeedsMoreBytes extends Error {
  override name = "NeedsMoreBytes";
  /** What was read of the file so far. */
  dataSet: DataSet | null = null;
}

const META_GROUP = 0x0002;
const DELIMITER_GROUP = 0xfffe;
const UNDEFINED_LENGTH = 0xffffffff;
const ITEM = 0xfffee000;
const ITEM_END = 0xfffee00d;
const SEQUENCE_END = 0xfffee0dd;
/** VRs with a four-byte length after two reserved bytes (PS3.5 section 7.1.2). */
const LONG_VRS = new Set("OB OD OF OL OV OW SQ SV UC UN UR UT UV".split(" "));
const HEAD_BYTES = 8;

interface Head {
  readonly tag: number;
  /** Two letters, or "" when the file does not state it. */
  readonly vr: string;
  /** In bytes, or {@linkcode UNDEFINED_LENGTH}. */
  readonly length: number;
}

/** Parses the data elements in {@linkcode TAG_NAMES} (PS3.5 section 7); tolerates violations with a clear meaning. */
export class DataSetReader {
  position = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #fileBytes: number;
  readonly #littleEndian: boolean;
  #explicitVr = true;
  #elements = 0;
  /** Elements outside of sequences. */
  readonly #found: Map<TagName, Element>;

  /**
   * @param bytes the file, or its beginning
   * @param fileBytes size of the whole file
   * @param found receives the elements outside of sequences
   */
  constructor(
    bytes: Uint8Array,
    fileBytes: number,
    littleEndian: boolean,
    found: Map<TagName, Element>,
  ) {
    this.#found = found;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#fileBytes = fileBytes;
    this.#littleEndian = littleEndian;
  }

  /** Reads the meta information up to the end of its group, because the stated length is often wrong. */
  readMeta(): DataSet {
    this.#explicitVr = this.#looksExplicit(true);
    while (this.#rest() >= HEAD_BYTES) {
      this.#require(HEAD_BYTES);
      if (this.#tag() >>> 16 !== META_GROUP) break;
      this.#value(this.#head(), this.#found, 0);
    }
    return new DataSet(this.#found, this.#littleEndian);
  }

  /** Reads the data set up to the pixels. The first element overrides `explicitVr`. */
  readRoot(explicitVr: boolean): { dataSet: DataSet; pixels: PixelPlace | null } {
    this.#explicitVr = this.#looksExplicit(explicitVr);
    let pixels: PixelPlace | null = null;
    while (this.#rest() >= HEAD_BYTES) {
      const head = this.#head();
      if (head.tag === TAGS.PixelData) {
        const length = head.length === UNDEFINED_LENGTH ? null : head.length;
        pixels = { vr: head.vr, offset: this.position, length };
        break;
      }
      this.#value(head, this.#found, 0);
    }
    return { dataSet: new DataSet(this.#found, this.#littleEndian), pixels };
  }

  /** Remaining bytes of the file, including those not given. */
  #rest(): number {
    return this.#fileBytes - this.position;
  }

  /** Makes sure that `length` bytes can be read here. */
  #require(length: number): void {
    if (length > this.#rest()) {
      throw new DicomRefused(
        "dicom_truncated",
        "is cut off, or a length in it is wrong: copy or export it again",
      );
    }
    if (this.position + length > this.#bytes.length) throw new NeedsMoreBytes();
  }

  #skip(length: number): void {
    if (length > this.#rest()) this.#require(length);
    this.position += length;
  }

  #tag(at = this.position): number {
    const group = this.#view.getUint16(at, this.#littleEndian);
    return group * 0x10000 + this.#view.getUint16(at + 2, this.#littleEndian);
  }

  #hasVr(at: number): boolean {
    const isLetter = (byte: number | undefined): boolean =>
      byte !== undefined && byte >= 0x41 && byte <= 0x5a;
    return isLetter(this.#bytes[at + 4]) && isLetter(this.#bytes[at + 5]);
  }

  /** Whether elements have VRs from here on, judged by the first: a length that looks like a VR would be huge. */
  #looksExplicit(otherwise: boolean): boolean {
    if (this.#rest() < HEAD_BYTES) return otherwise;
    this.#require(HEAD_BYTES);
    if (this.#hasVr(this.position)) return true;
    if (!otherwise) return false;
    const start = this.position + HEAD_BYTES;
    const length = this.#view.getUint32(start - 4, this.#littleEndian);
    return !this.#leadsOn(this.#tag(), start, length) || this.#hasVr(start + length);
  }

  #head(): Head {
    this.#elements += 1;
    if (this.#elements > DICOM_ELEMENTS_MAX) {
      throw new DicomRefused(
        "dicom_unreadable",
        `has over ${DICOM_ELEMENTS_MAX} data elements, too many for a mammogram`,
      );
    }
    this.#require(HEAD_BYTES);
    const at = this.position;
    const tag = this.#tag();
    // Items and delimiters never have a VR, even in explicit files (PS3.5 section 7.5).
    if (!this.#explicitVr || tag >>> 16 === DELIMITER_GROUP) {
      this.position = at + HEAD_BYTES;
      return { tag, vr: "", length: this.#view.getUint32(at + 4, this.#littleEndian) };
    }
    if (!this.#hasVr(at)) return this.#headWithoutVr(tag);
    const vr = String.fromCharCode(this.#bytes[at + 4]!, this.#bytes[at + 5]!);
    if (!LONG_VRS.has(vr)) {
      this.position = at + HEAD_BYTES;
      return { tag, vr, length: this.#view.getUint16(at + 6, this.#littleEndian) };
    }
    this.#require(HEAD_BYTES + 4);
    // Non-zero reserved bytes are a short length, if that length leads to a valid element.
    const short = this.#view.getUint16(at + 6, this.#littleEndian);
    if (short !== 0 && this.#leadsOn(tag, at + HEAD_BYTES, short)) {
      this.position = at + HEAD_BYTES;
      return { tag, vr, length: short };
    }
    this.position = at + HEAD_BYTES + 4;
    return { tag, vr, length: this.#view.getUint32(at + 8, this.#littleEndian) };
  }

  /** Reads a header with an invalid VR: takes the long or short length that leads to a valid next element. */
  #headWithoutVr(tag: number): Head {
    const start = this.position + HEAD_BYTES;
    if (
      this.#view.getUint16(start - 2, this.#littleEndian) === 0 && this.#rest() >= HEAD_BYTES + 4
    ) {
      this.#require(HEAD_BYTES + 4);
      const long = this.#view.getUint32(start, this.#littleEndian);
      if (this.#leadsOn(tag, start + 4, long)) {
        this.position = start + 4;
        return { tag, vr: "", length: long };
      }
    }
    const lengths = [
      this.#view.getUint32(start - 4, this.#littleEndian),
      this.#view.getUint16(start - 2, this.#littleEndian),
    ];
    const length = lengths.find((one) => this.#leadsOn(tag, start, one)) ?? lengths[0]!;
    if (start + length > this.#fileBytes && length !== UNDEFINED_LENGTH) {
      throw new DicomRefused("dicom_unreadable", "is malformed: a data element has no VR");
    }
    this.position = start;
    return { tag, vr: "", length };
  }

  #leadsOn(tag: number, start: number, length: number): boolean {
    const next = length === UNDEFINED_LENGTH ? start : start + length;
    if (next > this.#fileBytes - HEAD_BYTES) return next === this.#fileBytes;
    if (next + HEAD_BYTES > this.#bytes.length) throw new NeedsMoreBytes();
    const following = this.#tag(next);
    if (following >>> 16 === DELIMITER_GROUP) return true;
    return following > tag && length !== UNDEFINED_LENGTH;
  }

  #value({ tag, vr, length }: Head, found: Map<TagName, Element>, depth: number): void {
    const name = TAG_NAMES.get(tag);
    const isSequence = vr === "SQ" || (name !== undefined && SEQUENCES.has(name));
    if (length === UNDEFINED_LENGTH || (isSequence && name !== undefined)) {
      const items = this.#items(length, vr, depth + 1);
      if (name !== undefined) found.set(name, { vr, bytes: new Uint8Array(), items });
      return;
    }
    if (name === undefined) return this.#skip(length);
    this.#require(length);
    const bytes = this.#bytes.subarray(this.position, this.position + length);
    found.set(name, { vr, bytes, items: [] });
    this.position += length;
  }

  /** Reads the items of a sequence, or skips the fragments of encapsulated pixels. */
  #items(length: number, vr: string, depth: number): DataSet[] {
    if (depth > DICOM_DEPTH_MAX) {
      throw new DicomRefused("dicom_unreadable", `has over ${DICOM_DEPTH_MAX} nested sequences`);
    }
    const explicitVr = this.#explicitVr;
    const end = this.#endOf(length);
    const items: DataSet[] = [];
    while (this.position + HEAD_BYTES <= end) {
      const start = this.position;
      const head = this.#head();
      if (head.tag === SEQUENCE_END) break;
      if (head.tag === ITEM_END) continue;
      if (head.tag !== ITEM) {
        // The delimiter is missing: this element belongs to the enclosing data set.
        this.position = start;
        break;
      }
      if (vr === "OB" || vr === "OW") this.#skip(head.length);
      else items.push(this.#item(head.length, depth));
      this.#explicitVr = explicitVr;
    }
    if (length !== UNDEFINED_LENGTH) this.position = end;
    return items;
  }

  /** Latest possible end of a sequence or an item. */
  #endOf(length: number): number {
    if (length === UNDEFINED_LENGTH) return this.#fileBytes;
    if (length > this.#rest()) this.#require(length);
    return this.position + length;
  }

  /** Reads an item. It may lack VRs although the file has them (PS3.5 section 6.2.2, note 4). */
  #item(length: number, depth: number): DataSet {
    const found = new Map<TagName, Element>();
    const end = this.#endOf(length);
    if (this.#explicitVr && this.position + HEAD_BYTES <= end) {
      this.#require(HEAD_BYTES);
      this.#explicitVr = this.#hasVr(this.position);
    }
    while (this.position + HEAD_BYTES <= end) {
      const start = this.position;
      const head = this.#head();
      if (head.tag === ITEM_END) break;
      if (head.tag === SEQUENCE_END || head.tag === ITEM) {
        this.position = start;
        return new DataSet(found, this.#littleEndian);
      }
      this.#value(head, found, depth);
    }
    if (length !== UNDEFINED_LENGTH) this.position = end;
    return new DataSet(found, this.#littleEndian);
  }
}
