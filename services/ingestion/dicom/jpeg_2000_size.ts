/** Contents of the size marker of a JPEG 2000 codestream (ISO 15444-1 A.5.1). */
export interface Jpeg2000Size {
  readonly rows: number;
  readonly columns: number;
  readonly components: number;
}

/** Start of a codestream: SOC, then SIZ. */
const START = [0xff, 0x4f, 0xff, 0x51] as const;
/** Against the standard, some files have JP2 boxes before the codestream. */
const BOXES_BYTES_MAX = 4096;

/**
 * Reads the size of a JPEG 2000 image (with or without JP2 boxes) without decoding; null when there is no
 * codestream.
 */
export function readJpeg2000Size(bytes: Uint8Array): Jpeg2000Size | null {
  const end = Math.min(bytes.length - 42, BOXES_BYTES_MAX);
  for (let at = 0; at <= end; at++) {
    if (!START.every((byte, index) => bytes[at + index] === byte)) continue;
    const view = new DataView(bytes.buffer, bytes.byteOffset + at, bytes.length - at);
    return {
      columns: view.getUint32(8) - view.getUint32(16),
      rows: view.getUint32(12) - view.getUint32(20),
      components: view.getUint16(40),
    };
  }
  return null;
}
