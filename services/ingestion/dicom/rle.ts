import { DicomRefused } from "./dicom_refused.ts";

const HEADER_BYTES = 64;

/**
 * Decodes RLE (PS3.5 annex G): one PackBits segment per byte of a cell, most significant first.
 * @throws {DicomRefused} when segments are missing, or give too few or too many cells
 */
export function decodeRle(
  bytes: Uint8Array,
  cells: number,
  bytesPerCell: 1 | 2,
): Uint8Array | Uint16Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER_BYTES || view.getUint32(0, true) !== bytesPerCell) throw damaged();
  const offsets = Array.from(
    { length: bytesPerCell },
    (_, index) => view.getUint32(4 + 4 * index, true),
  );
  const planes = offsets.map((start, index) =>
    unpackBits(bytes.subarray(start, offsets[index + 1] ?? bytes.length), cells)
  );
  const [high, low] = planes;
  if (low === undefined) return high!;
  return Uint16Array.from({ length: cells }, (_, index) => high![index]! * 256 + low[index]!);
}

/** Decodes one segment. A byte of padding, or zeros, may follow the image; an odd image may be padded before coding. */
function unpackBits(segment: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  let from = 0;
  let to = 0;
  while (to < length) {
    const code = segment[from++];
    if (code === undefined) throw damaged();
    if (code < 128) {
      const literal = segment.subarray(from, from + code + 1);
      if (literal.length <= code) throw damaged();
      out.set(literal.subarray(0, length - to), to);
      from += literal.length;
      to += literal.length;
    } else if (code > 128) {
      const value = segment[from++];
      if (value === undefined) throw damaged();
      out.fill(value, to, to + 257 - code);
      to += 257 - code;
    }
  }
  const isPadding = from + 1 >= segment.length ||
    segment.subarray(from).every((byte) => byte === 0);
  if (to > length + length % 2 || !isPadding) throw damaged();
  return out;
}

function damaged(): DicomRefused {
  return new DicomRefused("dicom_truncated", "has damaged RLE pixels: export it again");
}
