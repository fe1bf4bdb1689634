/** Frame header of a JPEG or JPEG-LS stream (ISO 10918-1 B.2.2, ISO 14495-1 C.2.2). */
export interface JpegFrame {
  /** Second byte of the marker: 0xc0 baseline, 0xc1 extended, 0xc3 lossless, 0xf7 JPEG-LS. */
  readonly process: number;
  /** Bits per sample. */
  readonly precision: number;
  readonly rows: number;
  readonly columns: number;
  readonly components: number;
}

const START_OF_SCAN = 0xda;

/** Finds the frame header of a JPEG or JPEG-LS stream without decoding; null when there is none. */
export function readJpegFrame(bytes: Uint8Array): JpegFrame | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint16(0) !== 0xffd8) return null;
  let position = 2;
  while (position + 4 <= bytes.length && bytes[position] === 0xff) {
    const marker = bytes[position + 1]!;
    if (marker === 0xff) position += 1; // fill bytes
    else if (marker === START_OF_SCAN) return null;
    else if (isFrame(marker)) {
      if (position + 10 > bytes.length) return null;
      return {
        process: marker,
        precision: bytes[position + 4]!,
        rows: view.getUint16(position + 5),
        columns: view.getUint16(position + 7),
        components: bytes[position + 9]!,
      };
    } else position += 2 + view.getUint16(position + 2);
  }
  return null;
}

/** 0xc4, 0xc8 and 0xcc are tables, not frames. */
function isFrame(marker: number): boolean {
  return marker === 0xf7 ||
    (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker));
}
