import { constants, gunzipSync, inflateRawSync } from "node:zlib";
import { DICOM_FILE_BYTES_MAX } from "../../../shared/limits.ts";
import { DataSet, type Element, type PixelPlace } from "./data_set.ts";
import { DicomRefused } from "./dicom_refused.ts";
import { DataSetReader, NeedsMoreBytes } from "./read_data_set.ts";
import type { TagName } from "./tags.ts";
import { TRANSFER_SYNTAXES, type TransferSyntax } from "./transfer_syntaxes.ts";

export interface DicomFile {
  readonly transferSyntax: TransferSyntax;
  readonly dataSet: DataSet;
  /** The file or its inflated content; {@linkcode DicomFile.pixels} refers to it. */
  readonly bytes: Uint8Array;
  /** Location of the pixels; null when there are none. */
  readonly pixels: PixelPlace | null;
}

/** Start of a file's data elements. */
interface Opening {
  readonly bytes: Uint8Array;
  readonly size: number;
  readonly start: number;
  readonly hasPrefix: boolean;
}

const PREAMBLE_BYTES = 128;
/** Bytes of a packed file that show what it is. */
const PACKED_PEEK_BYTES = 4096;
const IMPLICIT = "1.2.840.10008.1.2";
const EXPLICIT = "1.2.840.10008.1.2.1";
const BIG_ENDIAN = "1.2.840.10008.1.2.2";

/**
 * Reads the data elements that mammoeval needs, up to the pixels (PS3.5, PS3.10). Like pydicom with `force`, it
 * accepts files without preamble or meta information or with another VR encoding, and gzipped files.
 * @throws {NeedsMoreBytes} when `bytes` end before the pixels; carries what was read
 * @throws {DicomRefused} when it is not DICOM, too large, cut off or malformed; carries what was read
 */
export function readDicomFile(bytes: Uint8Array, fileBytes: number): DicomFile {
  const opening = open(bytes, fileBytes);
  const found = new Map<TagName, Element>();
  let littleEndian = true;
  try {
    const meta = new DataSetReader(opening.bytes, opening.size, true, found);
    meta.position = opening.start;
    const uid = meta.readMeta().text("TransferSyntaxUID") || syntaxByLook(opening, meta.position);
    const known = Object.hasOwn(TRANSFER_SYNTAXES, uid) ? TRANSFER_SYNTAXES[uid] : undefined;
    // Encapsulated files are explicit little-endian (PS3.5 annex A.4), so the header can be read.
    const transferSyntax = known ?? TRANSFER_SYNTAXES[EXPLICIT]!;
    littleEndian = transferSyntax.littleEndian;
    const file = readBody(opening, meta.position, transferSyntax, found);
    if (known === undefined) throw unsupported(uid);
    if (opening.size > DICOM_FILE_BYTES_MAX) {
      throw new DicomRefused("dicom_too_large", `has over ${DICOM_FILE_BYTES_MAX} bytes`);
    }
    if (!opening.hasPrefix && !tellsWhatItIs(file.dataSet)) throw notDicom();
    return file;
  } catch (error) {
    if (!(error instanceof DicomRefused || error instanceof NeedsMoreBytes)) throw error;
    error.dataSet = new DataSet(found, littleEndian);
    if (!opening.hasPrefix && !tellsWhatItIs(error.dataSet)) throw notDicom();
    throw error;
  }
}

/** Finds the prefix, or what looks like the first data element of a file without one. */
function open(bytes: Uint8Array, size: number): Opening {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return openPacked(bytes, size);
  const start = startAfterPrefix(bytes);
  if (start !== null) return { bytes, size, start, hasPrefix: true };
  const first = bytes.length < 8 ? 0 : bytes[0]! * 256 + bytes[1]!;
  // Group 0002 or 0008 little-endian, or 0008 big-endian.
  if (![0x0200, 0x0800, 0x0008].includes(first)) throw notDicom(lookOf(bytes));
  return { bytes, size, start: 0, hasPrefix: false };
}

function startAfterPrefix(bytes: Uint8Array): number | null {
  const at = [PREAMBLE_BYTES, 0].find((place) =>
    String.fromCharCode(...bytes.subarray(place, place + 4)) === "DICM"
  );
  return at === undefined ? null : at + 4;
}

/** Unpacks the beginning first: whatever else is packed or damaged may be large, and is no mammogram. */
function openPacked(bytes: Uint8Array, fileBytes: number): Opening {
  const beginning = unpacked(() =>
    gunzipSync(bytes.subarray(0, PACKED_PEEK_BYTES), {
      maxOutputLength: DICOM_FILE_BYTES_MAX,
      finishFlush: constants.Z_SYNC_FLUSH,
    })
  );
  open(beginning, beginning.length);
  if (bytes.length < fileBytes) throw new NeedsMoreBytes();
  const content = unpacked(() => gunzipSync(bytes, { maxOutputLength: DICOM_FILE_BYTES_MAX }));
  return open(content, content.length);
}

function tellsWhatItIs(dataSet: DataSet): boolean {
  return (["SOPClassUID", "MediaStorageSOPClassUID", "Modality"] as const)
    .some((name) => /^[\w.]+$/.test(dataSet.text(name)));
}

function notDicom(look = "it has no DICM prefix"): DicomRefused {
  return new DicomRefused("dicom_not_dicom", `is no DICOM file: ${look}`);
}

/** Guesses what a file is that may have been meant as DICOM. */
function lookOf(bytes: Uint8Array): string | undefined {
  if (bytes.length === 0) return "it is empty";
  if (bytes.every((byte) => byte === 0)) return "it begins with nothing but zeros";
  const text = new TextDecoder("latin1").decode(bytes.subarray(0, 256)).trimStart().toLowerCase();
  if (/^(<!doctype|<html|<head|<\?xml)/.test(text)) return "it is a web page";
  return text.startsWith("pk\u0003\u0004") ? "it is a zip archive" : undefined;
}

/** Guesses the transfer syntax from the first data element when the file does not state it. */
function syntaxByLook({ bytes }: Opening, position: number): string {
  const vr = String.fromCharCode(...bytes.subarray(position + 4, position + 6));
  if (!/^[A-Z]{2}$/.test(vr)) return IMPLICIT;
  // The low groups of a big-endian file look high when read little-endian.
  return bytes[position] === 0 ? BIG_ENDIAN : EXPLICIT;
}

function readBody(
  { bytes, size }: Opening,
  position: number,
  transferSyntax: TransferSyntax,
  found: Map<TagName, Element>,
): DicomFile {
  const { deflated, littleEndian, explicitVr } = transferSyntax;
  if (deflated && bytes.length < size) throw new NeedsMoreBytes();
  const content = deflated
    ? unpacked(() =>
      inflateRawSync(bytes.subarray(position), { maxOutputLength: DICOM_FILE_BYTES_MAX })
    )
    : bytes;
  const reader = new DataSetReader(content, deflated ? content.length : size, littleEndian, found);
  reader.position = deflated ? 0 : position;
  return { transferSyntax, bytes: content, ...reader.readRoot(explicitVr) };
}

function unsupported(uid: string): DicomRefused {
  return new DicomRefused(
    "dicom_transfer_syntax_unsupported",
    `has transfer syntax ${/^[\d.]{1,64}$/.test(uid) ? uid : "(none)"}, which is not supported: ` +
      "export it uncompressed, lossless JPEG, JPEG-LS or JPEG 2000",
  );
}

function unpacked(unpack: () => Uint8Array): Uint8Array {
  try {
    const { buffer, byteOffset, length } = unpack();
    return new Uint8Array(buffer, byteOffset, length); // a view on the Buffer, not a copy
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE") {
      throw new DicomRefused("dicom_too_large", `inflates to over ${DICOM_FILE_BYTES_MAX} bytes`);
    }
    throw new DicomRefused(
      "dicom_truncated",
      "is incomplete or damaged: it cannot be decompressed",
    );
  }
}
