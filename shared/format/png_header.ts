import { crc32 } from "node:zlib";

/** Contents of the first chunk of a PNG (IHDR; PNG specification, third edition, 11.2.1). */
export interface PngHeader {
  /** Width in pixels, at least 1. */
  readonly width: number;
  /** Height in pixels, at least 1. */
  readonly height: number;
  /** Bits per sample: 1, 2, 4, 8 or 16. */
  readonly bitDepth: number;
  /** What the samples are. */
  readonly colourType: PngColourType;
  /** Whether the rows are interlaced (Adam7). */
  readonly interlaced: boolean;
}

/** Colour types of PNG. */
export type PngColourType = "grey" | "rgb" | "palette" | "grey_alpha" | "rgb_alpha";

/** Size of a PNG's header in bytes: signature, length, type, 13 bytes of data, checksum. */
export const PNG_HEADER_BYTES = 33;

const SIGNATURE = "89504e470d0a1a0a";
/** Largest width or height that the specification allows. */
const SIDE_MAX = 2 ** 31 - 1;

const COLOUR_TYPES: Readonly<
  Record<
    number,
    { readonly type: PngColourType; readonly bitDepths: readonly number[] } | undefined
  >
> = {
  0: { type: "grey", bitDepths: [1, 2, 4, 8, 16] },
  2: { type: "rgb", bitDepths: [8, 16] },
  3: { type: "palette", bitDepths: [1, 2, 4, 8] },
  4: { type: "grey_alpha", bitDepths: [8, 16] },
  6: { type: "rgb_alpha", bitDepths: [8, 16] },
};

/** Signatures of other files: offset, hexadecimal bytes, description. */
const OTHER_SIGNATURES: readonly (readonly [number, string, string])[] = [
  [0, "ffd8ff", "is a JPEG"],
  [128, "4449434d", "is a DICOM file"],
  [0, "0000000c6a502020", "is a JPEG 2000 file"],
  [0, "ff4fff51", "is a JPEG 2000 file"],
  [0, "49492a00", "is a TIFF"],
  [0, "4d4d002a", "is a TIFF"],
  [0, "47494638", "is a GIF"],
  [0, "424d", "is a BMP"],
  [0, "52494646", "is a WebP or another RIFF file"],
  [0, "25504446", "is a PDF"],
  [0, "504b0304", "is a zip archive"],
  [0, "1f8b", "is a gzip archive"],
  [0, "8a4d4e47", "is an MNG"],
];

/**
 * Reads a header from the first 33 bytes or more (132 to recognise DICOM).
 * @throws {SyntaxError} saying what the file is, when it is not a PNG or its header is damaged
 */
export function readPngHeader(bytes: Uint8Array): PngHeader {
  if (bytes.length === 0) throw refusal("the file is empty");
  if (hexAt(bytes, 0, 8) !== SIGNATURE) throw refusal(`the file ${kindOf(bytes)}, not a PNG`);
  if (bytes.length < PNG_HEADER_BYTES) throw refusal("the file ends within its header");
  const view = new DataView(bytes.buffer, bytes.byteOffset, PNG_HEADER_BYTES);
  if (view.getUint32(8) !== 13 || hexAt(bytes, 12, 4) !== "49484452") {
    throw refusal("the file does not begin with an IHDR chunk");
  }
  if (crc32(bytes.subarray(12, 29)) !== view.getUint32(29)) {
    throw refusal("the checksum of the header is wrong; the file is damaged");
  }
  return headerOf(view);
}

function headerOf(view: DataView): PngHeader {
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  if (width === 0 || height === 0 || width > SIDE_MAX || height > SIDE_MAX) {
    throw refusal(`the size ${width} x ${height} is impossible`);
  }
  const bitDepth = view.getUint8(24);
  const colour = COLOUR_TYPES[view.getUint8(25)];
  if (colour === undefined || !colour.bitDepths.includes(bitDepth)) {
    throw refusal(`colour type ${view.getUint8(25)} with ${bitDepth} bits does not exist`);
  }
  const [compression, filter, interlace] = [26, 27, 28].map((at) => view.getUint8(at));
  if (compression !== 0 || filter !== 0 || (interlace !== 0 && interlace !== 1)) {
    throw refusal("its compression, filter or interlace method does not exist");
  }
  return { width, height, bitDepth, colourType: colour.type, interlaced: interlace === 1 };
}

function kindOf(bytes: Uint8Array): string {
  const known = OTHER_SIGNATURES.find(([offset, hex]) =>
    hexAt(bytes, offset, hex.length / 2) === hex
  );
  return known?.[2] ?? "has an unknown type";
}

function hexAt(bytes: Uint8Array, offset: number, length: number): string {
  return bytes.slice(offset, offset + length).toHex();
}

function refusal(reason: string): SyntaxError {
  return new SyntaxError(`Cannot read the PNG header: ${reason}`);
}
