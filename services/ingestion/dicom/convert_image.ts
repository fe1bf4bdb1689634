import { type BreastSide, breastSide } from "./breast_side.ts";
import { encodePng } from "./codecs.ts";
import { decodePixels, type ExtendedJpegDecoder } from "./decode_pixels.ts";
import { describePixels } from "./describe_pixels.ts";
import { greyTable } from "./grey_table.ts";
import { readDicomFile } from "./read_data_set.ts";
import type { VoiChoice } from "./voi.ts";

/** Greys of one image, ready to be written. */
export interface GreyImage {
  readonly width: number;
  readonly height: number;
  /** Full 16 bits, black background, row by row. */
  readonly greys: Uint16Array;
  readonly breast: BreastSide;
}

/** How an image is converted. */
export interface ConversionOptions {
  /** Which window, where there are several. */
  readonly window: VoiChoice;
  readonly decodeExtended: ExtendedJpegDecoder;
}

/**
 * Turns a DICOM file into greys.
 *
 * @param bytes the whole file
 * @param options window and decoder
 * @throws {DicomRefused} telling why it cannot be
 */
export async function greysOf(bytes: Uint8Array, options: ConversionOptions): Promise<GreyImage> {
  const file = readDicomFile(bytes, bytes.length);
  const layout = describePixels(file.dataSet);
  const table = greyTable(file.dataSet, layout, options.window);
  const cells = await decodePixels(file, layout, options.decodeExtended);
  const greys = new Uint16Array(layout.rows * layout.columns);
  const mask = table.length - 1;
  for (let index = 0; index < greys.length; index++) greys[index] = table[cells[index]! & mask]!;
  const { columns: width, rows: height } = layout;
  return { width, height, greys, breast: breastSide(greys, width, height) };
}

/**
 * Turns a DICOM file into a 16-bit greyscale PNG.
 *
 * @param bytes the whole file
 * @param options window and decoder
 * @returns the PNG, and where the breast lies in it
 * @throws {DicomRefused} telling why it cannot be
 */
export async function convertImage(
  bytes: Uint8Array,
  options: ConversionOptions,
): Promise<{ png: Uint8Array; breast: BreastSide }> {
  const { greys, width, height, breast } = await greysOf(bytes, options);
  return { png: await encodePng(greys, width, height), breast };
}
