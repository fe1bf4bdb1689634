/**
 * Decoders of compressed pixels. They are silenced, because they print details of files to the console.
 * @module
 */
import charls from "@cornerstonejs/codec-charls/decodewasmjs";
import openjpeg from "@cornerstonejs/codec-openjpeg/decodewasmjs";
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

const FACTORIES = { J2KDecoder: openjpeg, JpegLSDecoder: charls };
type DecoderName = keyof typeof FACTORIES;
type WasmModule = Promise<Record<string, new () => WasmDecoder>>;
const loaded = new Map<DecoderName, WasmModule>();

function load(name: DecoderName): WasmModule {
  const options = { print: (): void => {}, printErr: (): void => {} };
  const create = FACTORIES[name] as unknown as (silent: typeof options) => WasmModule;
  return loaded.getOrInsertComputed(name, () => create(options));
}

/** Decodes a JPEG 2000 codestream, or a JPEG-LS stream, of one component. */
export async function decodeWith(name: DecoderName, bytes: Uint8Array): Promise<Cells> {
  const decoder = new (await load(name))[name]!();
  try {
    decoder.getEncodedBuffer(bytes.length).set(bytes);
    decoder.decode();
    const decoded = Uint8Array.from(decoder.getDecodedBuffer()); // the decoder reuses its memory
    return decoder.getFrameInfo().bitsPerSample > 8 ? new Uint16Array(decoded.buffer) : decoded;
  } finally {
    decoder.delete();
  }
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
