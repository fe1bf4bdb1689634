import { IMAGE_PIXELS_MAX } from "../../../shared/limits.ts";
import type { DataSet } from "./data_set.ts";
import { DicomRefused } from "./dicom_refused.ts";

/** How the pixels of a greyscale image are stored (PS3.3 section C.7.6.3). */
export interface PixelLayout {
  readonly rows: number;
  readonly columns: number;
  readonly bitsAllocated: 8 | 16;
  readonly bitsStored: number;
  /** Position of the most significant bit, from 0. */
  readonly highBit: number;
  readonly signed: boolean;
  /** Whether the lowest value is displayed white. */
  readonly inverted: boolean;
}

/**
 * Reads the pixel layout and checks its consistency.
 * @throws {DicomRefused} naming what is not supported
 */
export function describePixels(dataSet: DataSet): PixelLayout {
  const photometric = dataSet.code("PhotometricInterpretation");
  const samples = dataSet.short("SamplesPerPixel") ?? 1;
  if (samples !== 1 || (photometric !== "MONOCHROME1" && photometric !== "MONOCHROME2")) {
    throw unsupported("is not a grey image: only MONOCHROME1 and MONOCHROME2 are supported");
  }
  // Some devices write 0 for a single frame.
  if ((dataSet.decimal("NumberOfFrames") || 1) !== 1) {
    throw unsupported("has several frames: only single images are supported");
  }
  const rows = dataSet.short("Rows") ?? 0;
  const columns = dataSet.short("Columns") ?? 0;
  if (rows < 1 || columns < 1) throw unsupported("has no rows or no columns");
  if (rows * columns > IMAGE_PIXELS_MAX) {
    throw new DicomRefused(
      "dicom_too_large",
      `is ${columns} x ${rows} pixels: the limit is ${IMAGE_PIXELS_MAX}`,
    );
  }
  return { rows, columns, inverted: photometric === "MONOCHROME1", ...describeCell(dataSet) };
}

function describeCell(
  dataSet: DataSet,
): Pick<PixelLayout, "bitsAllocated" | "bitsStored" | "highBit" | "signed"> {
  const bitsAllocated = dataSet.short("BitsAllocated") ?? 0;
  if (bitsAllocated !== 8 && bitsAllocated !== 16) {
    throw unsupported(`has ${bitsAllocated} bits allocated: only 8 and 16 are supported`);
  }
  const bitsStored = dataSet.short("BitsStored") ?? bitsAllocated;
  // A high bit below the bits stored is meaningless and ignored; pydicom always ignores it.
  const highBit = Math.max(dataSet.short("HighBit") ?? 0, bitsStored - 1);
  if (bitsStored < 2 || bitsStored > bitsAllocated) {
    throw unsupported(`has ${bitsStored} bits stored in ${bitsAllocated}`);
  }
  if (highBit >= bitsAllocated) {
    throw unsupported(`has high bit ${highBit} with ${bitsStored} bits stored`);
  }
  return { bitsAllocated, bitsStored, highBit, signed: dataSet.short("PixelRepresentation") === 1 };
}

function unsupported(message: string): DicomRefused {
  return new DicomRefused("dicom_pixels_unsupported", message);
}
