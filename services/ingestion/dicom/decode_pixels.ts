import { Buffer } from "node:buffer";
import { joinBytes } from "../../../shared/format/join_bytes.ts";
import { type Cells, decodeWith } from "./codecs.ts";
import type { PixelPlace } from "./data_set.ts";
import type { PixelLayout } from "./describe_pixels.ts";
import { DicomRefused } from "./dicom_refused.ts";
import { readJpeg2000Size, requireTileParts } from "./jpeg_2000.ts";
import { decodeJpegLossless } from "./jpeg_lossless.ts";
import { decodeJpegLossy } from "./jpeg_lossy.ts";
import { endOfStream, type JpegFrame, readJpegFrame } from "./jpeg_stream.ts";
import type { DicomFile } from "./read_dicom_file.ts";
import { decodeRle } from "./rle.ts";

const ITEM = 0xfffee000;
const SEQUENCE_END = 0xfffee0dd;

/**
 * Decodes a file's pixels to rows × columns stored values, neither masked nor sign-extended.
 * @throws {DicomRefused} when pixels are missing, cut off, damaged or contradict the layout
 */
export async function decodePixels(file: DicomFile, layout: PixelLayout): Promise<Cells> {
  const { pixels, transferSyntax } = file;
  if (pixels === null) throw new DicomRefused("dicom_no_pixels", "holds no pixels");
  if ((transferSyntax.pixels === "native") !== (pixels.length !== null)) {
    throw new DicomRefused(
      "dicom_unreadable",
      "is malformed: the compression of its pixels contradicts its transfer syntax",
    );
  }
  if (pixels.length !== null) return nativeCells(file, pixels, layout);
  const stream = joinFragments(file.bytes, pixels.offset);
  const cells = await decodeStream(file, stream, layout);
  if (cells.length < layout.rows * layout.columns) {
    throw new DicomRefused("dicom_truncated", "has too few pixels: export it again");
  }
  return transferSyntax.lossy ? saturated(cells, layout) : cells;
}

/**
 * Joins the fragments of an encapsulated single image (PS3.5 section A.4).
 * @param offset where the items begin; the first is the offset table, which a single image does not need
 * @throws {DicomRefused} when it is cut off or malformed
 */
export function joinFragments(bytes: Uint8Array, offset: number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fragments: Uint8Array[] = [];
  let position = offset;
  for (let index = 0;; index++) {
    // Some writers omit the last delimiter; decoding shows whether the stream is complete.
    if (position === bytes.length && index > 1) break;
    if (position + 8 > bytes.length) throw cutOff();
    const tag = view.getUint16(position, true) * 0x10000 + view.getUint16(position + 2, true);
    const length = view.getUint32(position + 4, true);
    position += 8;
    if (tag === SEQUENCE_END) break;
    if (tag !== ITEM) {
      throw new DicomRefused("dicom_unreadable", "is malformed: its pixels are not fragments");
    }
    if (position + length > bytes.length) throw cutOff();
    if (index > 0) fragments.push(bytes.subarray(position, position + length));
    position += length;
  }
  return fragments.length === 1 ? fragments[0]! : joinBytes(fragments);
}

function cutOff(): DicomRefused {
  return new DicomRefused("dicom_truncated", "ends within its pixels: copy it again");
}

/** Lossy coding overshoots at edges: clip to white, so that the value does not wrap to black. */
function saturated(cells: Cells, { bitsStored, signed }: PixelLayout): Cells {
  const most = 2 ** bitsStored - 1;
  if (!signed && most < 2 ** (8 * cells.BYTES_PER_ELEMENT) - 1) {
    for (let index = 0; index < cells.length; index++) {
      if (cells[index]! > most) cells[index] = most;
    }
  }
  return cells;
}

async function decodeStream(
  { transferSyntax }: DicomFile,
  stream: Uint8Array,
  layout: PixelLayout,
): Promise<Cells> {
  const cells = layout.rows * layout.columns;
  switch (transferSyntax.pixels) {
    case "native":
      throw new DicomRefused("dicom_unreadable", "is malformed: its pixels are not fragments");
    case "rle":
      return decodeRle(stream, cells, layout.bitsAllocated === 8 ? 1 : 2);
    case "jpeg_2000":
      checkSize(readJpeg2000Size(stream), layout);
      requireTileParts(stream);
      return await guarded(() => decodeWith("J2KDecoder", stream));
    case "jpeg_ls":
      frameOf(stream, layout, [0xf7]);
      endOfStream(stream);
      return await guarded(() => decodeWith("JpegLSDecoder", stream));
    case "jpeg_lossless": {
      const frame = frameOf(stream, layout, [0xc3]);
      const end = endOfStream(stream);
      return await guarded(() => decodeJpegLossless(stream, frame, end));
    }
    case "jpeg": {
      const frame = frameOf(stream, layout, [0xc0, 0xc1]);
      const end = endOfStream(stream);
      return await guarded(() => decodeJpegLossy(stream, frame, end));
    }
  }
}

/** Checked before decoding: a stream that claims a larger size would exhaust memory. */
function frameOf(stream: Uint8Array, layout: PixelLayout, processes: readonly number[]): JpegFrame {
  const frame = readJpegFrame(stream);
  checkSize(frame, layout);
  if (frame === null || !processes.includes(frame.process) || frame.precision > 16) {
    throw new DicomRefused(
      "dicom_unreadable",
      "is malformed: the encoding of its pixels contradicts its transfer syntax",
    );
  }
  return frame;
}

function checkSize(
  size: { rows: number; columns: number; components: number } | null,
  { rows, columns }: PixelLayout,
): void {
  if (size === null) {
    throw new DicomRefused("dicom_truncated", "has damaged pixels: export it again");
  }
  if (size.rows !== rows || size.columns !== columns || size.components !== 1) {
    throw new DicomRefused(
      "dicom_unreadable",
      "is malformed: the size of its compressed pixels contradicts its header",
    );
  }
}

/** Decoders fail in different ways (numbers, strings, WebAssembly traps): maps all to one error. */
async function guarded(decode: () => Cells | Promise<Cells>): Promise<Cells> {
  try {
    return await decode();
  } catch (cause) {
    const refused = new DicomRefused(
      "dicom_decoder_failed",
      "has pixels that cannot be decoded: it is damaged; export it again",
    );
    refused.cause = cause;
    throw refused;
  }
}

function nativeCells(
  { bytes, transferSyntax }: DicomFile,
  { offset, length, vr }: PixelPlace,
  { rows, columns, bitsAllocated }: PixelLayout,
): Cells {
  const needed = rows * columns * (bitsAllocated / 8);
  const end = offset + needed;
  if (length === null || length < needed) {
    throw new DicomRefused(
      "dicom_truncated",
      "has fewer pixels than rows and columns: export it again",
    );
  }
  if (end > bytes.length) {
    throw cutOff();
  }
  const isBigEndian = !transferSyntax.littleEndian;
  // In big-endian files 8-bit cells are packed two per word (OW; PS3.5 annex D).
  const isSwapped = isBigEndian && (bitsAllocated === 16 || vr === "OW");
  if (bitsAllocated === 8 && !isSwapped) return bytes.subarray(offset, end);
  const copy = bytes.slice(offset, end + (needed & 1)); // a Uint16Array needs an even offset
  if (isSwapped) Buffer.from(copy.buffer, 0, copy.length & ~1).swap16();
  return bitsAllocated === 8 ? copy.subarray(0, needed) : new Uint16Array(copy.buffer);
}
