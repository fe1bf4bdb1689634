export type PixelCoding =
  | "native"
  | "rle"
  | "jpeg"
  | "jpeg_lossless"
  | "jpeg_ls"
  | "jpeg_2000";

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

const PLAIN = {
  littleEndian: true,
  explicitVr: true,
  deflated: false,
  lossy: false,
  pixels: "native",
} as const;

function standard(
  end: string,
  name: string,
  properties: Partial<TransferSyntax> = {},
): [uid: string, syntax: TransferSyntax] {
  return [`1.2.840.10008.1.2${end}`, { ...PLAIN, name, ...properties }];
}

/** Supported transfer syntaxes (DICOM PS3.5 annex A), by UID. */
export const TRANSFER_SYNTAXES: Readonly<Record<string, TransferSyntax>> = Object.fromEntries([
  standard("", "Implicit VR Little Endian", { explicitVr: false }),
  standard(".1", "Explicit VR Little Endian"),
  standard(".1.99", "Deflated Explicit VR Little Endian", { deflated: true }),
  standard(".2", "Explicit VR Big Endian", { littleEndian: false }),
  standard(".4.50", "JPEG Baseline", { pixels: "jpeg", lossy: true }),
  standard(".4.51", "JPEG Extended", { pixels: "jpeg", lossy: true }),
  standard(".4.57", "JPEG Lossless", { pixels: "jpeg_lossless" }),
  standard(".4.70", "JPEG Lossless SV1", { pixels: "jpeg_lossless" }),
  standard(".4.80", "JPEG-LS Lossless", { pixels: "jpeg_ls" }),
  standard(".4.81", "JPEG-LS Near-Lossless", { pixels: "jpeg_ls", lossy: true }),
  standard(".4.90", "JPEG 2000 Lossless", { pixels: "jpeg_2000" }),
  standard(".4.91", "JPEG 2000", { pixels: "jpeg_2000", lossy: true }),
  standard(".5", "RLE Lossless", { pixels: "rle" }),
]);
