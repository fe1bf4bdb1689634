import { DicomRefused } from "./dicom_refused.ts";

/** End marker of every JPEG, JPEG-LS and JPEG 2000 stream. */
const END = [0xff, 0xd9] as const;
const TILE_PART = 0xff90;

/**
 * Finds where the end marker of a compressed stream begins, including preceding fill bytes. Zeros or one byte
 * of any kind may follow it, since fragments have even lengths.
 *
 * @throws {DicomRefused} `dicom_truncated` when the stream lacks the marker
 */
export function endOfStream(stream: Uint8Array): number {
  let end = stream.length;
  while (end > 2 && stream[end - 1] === 0) end -= 1;
  for (const at of [end - 2, end - 3]) {
    if (stream[at] !== END[0] || stream[at + 1] !== END[1]) continue;
    let begin = at;
    while (begin > 2 && stream[begin - 1] === 0xff) begin -= 1;
    return begin;
  }
  throw truncated();
}

/**
 * Checks by their stated lengths that a JPEG 2000 codestream has all tile parts (ISO 15444-1 A.4.2): a
 * decoder makes an image from whatever is there.
 *
 * @throws {DicomRefused} `dicom_truncated` when bytes are missing or left over
 */
export function requireTileParts(stream: Uint8Array): void {
  const end = endOfStream(stream);
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  let at = firstTilePart(view, end);
  while (at >= 0 && at + 12 <= end && view.getUint16(at) === TILE_PART) {
    const length = view.getUint32(at + 6);
    if (length === 0) return; // extends to the end of the stream
    at += length;
  }
  if (at !== end) throw truncated();
}

/** Skips the segments of the main header; -1 when they are malformed. */
function firstTilePart(view: DataView, end: number): number {
  let at = 0;
  while (at + 4 <= end && view.getUint32(at) !== 0xff4fff51) at += 1;
  at += 2;
  while (at + 4 <= end && view.getUint16(at) !== TILE_PART) {
    if (view.getUint8(at) !== 0xff) return -1;
    at += 2 + view.getUint16(at + 2);
  }
  return at;
}

function truncated(): DicomRefused {
  return new DicomRefused(
    "dicom_truncated",
    "has incomplete pixels: copy or export it again",
  );
}
