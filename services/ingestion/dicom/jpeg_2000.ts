import { DicomRefused } from "./dicom_refused.ts";
import { endOfStream, type JpegFrame } from "./jpeg_stream.ts";

/** Markers of JPEG 2000: start of a tile part, and of its data. */
const [TILE_PART, DATA] = [0xff90, 0xff93];

/** Start of a codestream: SOC, then SIZ. */
const START = 0xff4fff51;
/** Against the standard, some files have JP2 boxes before the codestream. */
const BOXES_BYTES_MAX = 4096;

/** Returns a view from the start of the codestream on; null when there is none. */
function codestream(bytes: Uint8Array): DataView | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at <= Math.min(bytes.length - 42, BOXES_BYTES_MAX); at++) {
    if (view.getUint32(at) === START) return new DataView(bytes.buffer, bytes.byteOffset + at);
  }
  return null;
}

/** Size of a JPEG 2000 image (ISO 15444-1 A.5.1), without decoding; null when there is no codestream. */
export function readJpeg2000Size(
  bytes: Uint8Array,
): Pick<JpegFrame, "rows" | "columns" | "components"> | null {
  const view = codestream(bytes);
  return view && {
    columns: view.getUint32(8) - view.getUint32(16),
    rows: view.getUint32(12) - view.getUint32(20),
    components: view.getUint16(40),
  };
}

/**
 * Checks that a codestream has all tile parts (ISO 15444-1 A.4.2) and no marker in their data.
 * @throws {DicomRefused} `dicom_truncated`
 */
export function requireTileParts(stream: Uint8Array): void {
  const view = codestream(stream);
  if (view === null) throw truncated();
  const start = view.byteOffset - stream.byteOffset;
  const end = endOfStream(stream) - start;
  let at = behindSegments(view, 2, end, TILE_PART);
  while (at >= 0 && at + 12 <= end && view.getUint16(at) === TILE_PART) {
    const length = view.getUint32(at + 6) || end - at; // 0: it extends to the end of the stream
    const data = behindSegments(view, at, end, DATA);
    if (
      data < 0 || hasMarker(stream.subarray(start + data + 2, start + Math.min(at + length, end)))
    ) break;
    at += length;
  }
  if (at !== end) throw truncated();
}

/** Skips marker segments up to a marker; -1 when they are malformed. */
function behindSegments(view: DataView, start: number, end: number, marker: number): number {
  let at = start;
  while (at + 4 <= end && view.getUint16(at) !== marker) {
    if (view.getUint8(at) !== 0xff) return -1;
    at += 2 + view.getUint16(at + 2);
  }
  return at;
}

/** Whether packets contain a marker other than SOP and EPH, which no encoder produces (B.10.1, C.2.2). */
function hasMarker(data: Uint8Array): boolean {
  for (let at = data.indexOf(0xff); at >= 0; at = data.indexOf(0xff, at + 1)) {
    const next = data[at + 1] ?? 0;
    if (next > 0x8f && next !== 0x91 && next !== 0x92) return true;
  }
  return false;
}

function truncated(): DicomRefused {
  return new DicomRefused(
    "dicom_truncated",
    "has incomplete or damaged pixels: copy or export it again",
  );
}
