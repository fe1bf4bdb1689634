import { GreyCounter } from "../../../shared/format/mod.ts";
import { judgeGreys } from "./judge_greys.ts";
import { type BreastSide, breastSide } from "./breast_side.ts";
import { type Cells, encodePng } from "./codecs.ts";
import { decodePixels } from "./decode_pixels.ts";
import { describePixels, type PixelLayout } from "./describe_pixels.ts";
import type { ConversionWarning } from "./dicom_converter.ts";
import { DicomRefused } from "./dicom_refused.ts";
import { greyTable } from "./grey_table.ts";
import { readDicomFile } from "./read_dicom_file.ts";
import type { VoiChoice } from "./voi.ts";

export interface GreyImage {
  readonly width: number;
  readonly height: number;
  /** Full 16-bit range, black background, row by row. */
  readonly greys: Uint16Array;
  readonly breast: BreastSide;
  readonly warnings: readonly ConversionWarning[];
}

/** @throws {DicomRefused} when it cannot be converted */
export async function greysOf(bytes: Uint8Array, window: VoiChoice = null): Promise<GreyImage> {
  const file = readDicomFile(bytes, bytes.length);
  const told = describePixels(file.dataSet);
  const cells = await decodePixels(file, told);
  const warnings: ConversionWarning[] = [];
  const complain = (code: string, text: string): void => void warnings.push({ code, text });
  const layout = layoutOfCells(told, cells);
  const table = greyTable(file.dataSet, layout, window, complain);
  const greys = new Uint16Array(layout.rows * layout.columns);
  const mask = table.length - 1;
  for (let index = 0; index < greys.length; index++) greys[index] = table[cells[index]! & mask]!;
  const { columns: width, rows: height } = layout;
  return { width, height, greys, breast: breastSide(greys, width, height), warnings };
}

/** As in pydicom, values in the lower bits are right even if the header places them at the upper end. */
function layoutOfCells(told: PixelLayout, cells: Cells): PixelLayout {
  const shift = told.highBit + 1 - told.bitsStored;
  if (shift === 0) return told;
  let bits = 0;
  for (const cell of cells) bits |= cell;
  const isLow = (bits & (2 ** shift - 1)) !== 0 && bits < 2 ** told.bitsStored;
  return isLow ? { ...told, highBit: told.bitsStored - 1 } : told;
}

/**
 * Converts a DICOM file to a 16-bit PNG.
 * @throws {DicomRefused} when it cannot be converted
 */
export async function convertImage(
  bytes: Uint8Array,
  window: VoiChoice,
): Promise<{ png: Uint8Array } & Pick<GreyImage, "breast" | "warnings">> {
  const { greys, width, height, breast, warnings } = await greysOf(bytes, window);
  const counter = new GreyCounter();
  for (let y = 0; y < height; y++) {
    counter.addRow(greys.subarray(y * width, (y + 1) * width), y, height);
  }
  const complaints = judgeGreys(counter.summary());
  const error = complaints.find(({ severity }) => severity === "error");
  if (error !== undefined) throw new DicomRefused("dicom_pixels_constant", error.text);
  const found = complaints.map(({ code, text }) => ({ code, text }));
  return { png: await encodePng(greys, width, height), breast, warnings: [...warnings, ...found] };
}
