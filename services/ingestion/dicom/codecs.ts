/**
 * Decoders of compressed pixels. No other module names the decoder packages.
 *
 * The WebAssembly decoders are loaded on first use. They are silenced, because they print details of files to
 * the console and logs have other readers than images.
 *
 * @module
 */
import charls from "@cornerstonejs/codec-charls/decodewasmjs";
import openjpeg from "@cornerstonejs/codec-openjpeg/decodewasmjs";
import { Decoder as LosslessDecoder } from "jpeg-lossless-decoder-js";
import sharp from "sharp";

/** Stored values of an image: bytes up to 8 bits, 16-bit numbers above. */
export type Cells = Uint8Array | Uint16Array;

/** Decoder class of the WebAssembly builds; the packages ship no types. */
interface WasmDecoder {
  getEncodedBuffer(bytes: number): Uint8Array;
  decode(): void;
  getDecodedBuffer(): Uint8Array;
  getFrameInfo(): { readonly bitsPerSample: number };
  delete(): void;
}

type WasmFactory<Name extends string> = (
  options: { print: () => void; printErr: () => void },
) => Promise<Record<Name, new () => WasmDecoder>>;

const SILENT = { print: (): void => {}, printErr: (): void => {} };

const loadOpenjpeg = once(() => (openjpeg as unknown as WasmFactory<"J2KDecoder">)(SILENT));
const loadCharls = once(() => (charls as unknown as WasmFactory<"JpegLSDecoder">)(SILENT));

function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | null = null;
  return () => loaded ??= load();
}

/** Decodes a JPEG 2000 codestream and returns the cells of its first component. */
export async function decodeJpeg2000(bytes: Uint8Array): Promise<Cells> {
  const { J2KDecoder } = await loadOpenjpeg();
  return decodeWith(new J2KDecoder(), bytes);
}

/** Decodes a JPEG-LS stream of one component. */
export async function decodeJpegLs(bytes: Uint8Array): Promise<Cells> {
  const { JpegLSDecoder } = await loadCharls();
  return decodeWith(new JpegLSDecoder(), bytes);
}

function decodeWith(decoder: WasmDecoder, bytes: Uint8Array): Cells {
  try {
    decoder.getEncodedBuffer(bytes.length).set(bytes);
    decoder.decode();
    const decoded = Uint8Array.from(decoder.getDecodedBuffer()); // the decoder reuses its memory
    return decoder.getFrameInfo().bitsPerSample > 8 ? new Uint16Array(decoded.buffer) : decoded;
  } finally {
    decoder.delete();
  }
}

/**
 * Decodes a lossless JPEG stream (process 14) of one component. The library accepts damaged input, so the
 * result is checked afterwards.
 *
 * @param end where the end marker begins
 * @throws {RangeError} when cells are missing, data are left over, or a cell exceeds the precision
 */
export function decodeJpegLossless(bytes: Uint8Array, precision: number, end: number): Cells {
  const bytesPerCell = precision > 8 ? 2 : 1;
  const decoder = new LosslessDecoder();
  const decoded = decoder.decode(
    bytes.buffer as ArrayBuffer,
    bytes.byteOffset,
    bytes.length,
    bytesPerCell,
  ) as Cells;
  if (decoder.yLoc !== decoder.yDim) throw new RangeError("Cells are missing");
  if ((decoder.stream?.index ?? 0) < end) {
    throw new RangeError("Data are left behind the last cell");
  }
  const most = 2 ** precision - 1;
  if (most < 2 ** (8 * bytesPerCell) - 1 && decoded.some((cell) => cell > most)) {
    throw new RangeError("A cell is out of range");
  }
  return decoded;
}

/** Decodes an 8-bit baseline or extended JPEG stream of one component. */
export async function decodeJpeg(bytes: Uint8Array): Promise<Cells> {
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
  const all = new Uint8Array(data.buffer, data.byteOffset, data.length);
  if (info.channels === 1) return all;
  // sharp may return grey as three equal channels.
  return Uint8Array.from(
    { length: info.width * info.height },
    (_, index) => all[index * info.channels]!,
  );
}

/** Writes a 16-bit greyscale PNG; `cells` are row by row. */
export async function encodePng(
  cells: Uint16Array,
  width: number,
  height: number,
): Promise<Uint8Array> {
  // Level 2 without filters: a fifth larger than the best, three times as fast.
  return await sharp(cells, { raw: { width, height, channels: 1 }, limitInputPixels: false })
    .toColourspace("grey16")
    .png({ compressionLevel: 2 })
    .toBuffer();
}
