/** How a transfer syntax encodes pixels. */
export type PixelCoding =
  | "native"
  | "rle"
  | "jpeg"
  | "jpeg_lossless"
  | "jpeg_ls"
  | "jpeg_2000";

/** Properties of a transfer syntax. */
export interface TransferSyntax {
  /** Its name in the standard, without "Transfer Syntax". */
  readonly name: string;
  readonly littleEndian: boolean;
  readonly explicitVr: boolean;
  readonly deflated: boolean;
  readonly pixels: PixelCoding;
  /** Whether decoded values may differ from the measured ones. */
  readonly lossy: boolean;
}

const PLAIN = { littleEndian: true, explicitVr: true, deflated: false, lossy: false } as const;

/** Supported transfer syntaxes (DICOM PS3.5 annex A), by UID. */
export const TRANSFER_SYNTAXES: Readonly<Record<string, TransferSyntax>> = {
  "1.2.840.10008.1.2": {
    ...PLAIN,
    name: "Implicit VR Little Endian",
    explicitVr: false,
    pixels: "native",
  },
  "1.2.840.10008.1.2.1": { ...PLAIN, name: "Explicit VR Little Endian", pixels: "native" },
  "1.2.840.10008.1.2.1.99": {
    ...PLAIN,
    name: "Deflated Explicit VR Little Endian",
    deflated: true,
    pixels: "native",
  },
  "1.2.840.10008.1.2.2": {
    ...PLAIN,
    name: "Explicit VR Big Endian",
    littleEndian: false,
    pixels: "native",
  },
  "1.2.840.10008.1.2.4.50": { ...PLAIN, lossy: true, name: "JPEG Baseline", pixels: "jpeg" },
  "1.2.840.10008.1.2.4.51": { ...PLAIN, lossy: true, name: "JPEG Extended", pixels: "jpeg" },
  "1.2.840.10008.1.2.4.57": { ...PLAIN, name: "JPEG Lossless", pixels: "jpeg_lossless" },
  "1.2.840.10008.1.2.4.70": { ...PLAIN, name: "JPEG Lossless SV1", pixels: "jpeg_lossless" },
  "1.2.840.10008.1.2.4.80": { ...PLAIN, name: "JPEG-LS Lossless", pixels: "jpeg_ls" },
  "1.2.840.10008.1.2.4.81": {
    ...PLAIN,
    lossy: true,
    name: "JPEG-LS Near-Lossless",
    pixels: "jpeg_ls",
  },
  "1.2.840.10008.1.2.4.90": { ...PLAIN, name: "JPEG 2000 Lossless", pixels: "jpeg_2000" },
  "1.2.840.10008.1.2.4.91": { ...PLAIN, lossy: true, name: "JPEG 2000", pixels: "jpeg_2000" },
  "1.2.840.10008.1.2.5": { ...PLAIN, name: "RLE Lossless", pixels: "rle" },
};
