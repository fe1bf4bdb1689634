import type { DataSet } from "./data_set.ts";
import type { PixelLayout } from "./describe_pixels.ts";
import { DicomRefused } from "./dicom_refused.ts";
import type { GreyRange } from "./grey_table.ts";
import { readLookupTable } from "./lookup_table.ts";

/** Which of several windows: its place from 1, or its explanation; null for what comes first. */
export type VoiChoice = number | string | null;

/** The second stage of the grey pipeline: what is of interest, spread over the range. */
export interface Voi {
  readonly apply: (value: number) => number;
  readonly range: GreyRange;
}

interface Window {
  readonly centre: number;
  readonly width: number;
}

/**
 * Chooses VOI LUT or window. A VOI LUT comes before windows, as pydicom and the makers' own
 * workstations have it, unless a window is asked for; without either the values stay.
 *
 * @param dataSet of the image
 * @param layout how its pixels are stored
 * @param choice which window or LUT
 * @param range of the values that come in
 * @throws {DicomRefused} when the chosen one is not there or makes no sense
 */
export function chooseVoi(
  dataSet: DataSet,
  layout: PixelLayout,
  choice: VoiChoice,
  range: GreyRange,
): Voi {
  const luts = dataSet.items("VOILUTSequence");
  const windows = readWindows(dataSet);
  if (choice !== null) return chosen(dataSet, layout, choice, range, windows);
  if (luts[0] !== undefined) return lutVoi(luts[0], layout);
  if (windows[0] !== undefined) return windowVoi(windows[0], dataSet, range);
  const { low, high } = range; // a negative slope turns them round
  return { apply: (x) => x, range: { low: Math.min(low, high), high: Math.max(low, high) } };
}

function chosen(
  dataSet: DataSet,
  layout: PixelLayout,
  choice: number | string,
  range: GreyRange,
  windows: readonly Window[],
): Voi {
  const window = windows[placeOf(dataSet.texts("WindowCenterWidthExplanation"), choice)];
  if (window !== undefined) return windowVoi(window, dataSet, range);
  const luts = dataSet.items("VOILUTSequence");
  const lut = luts[placeOf(luts.map((item) => item.text("LUTExplanation")), choice)];
  if (lut !== undefined) return lutVoi(lut, layout);
  throw new DicomRefused(
    "dicom_window_missing",
    "has no such window: choose one that every image has, or none to take the first",
  );
}

function placeOf(explanations: readonly string[], choice: number | string): number {
  if (typeof choice === "number") return choice - 1;
  return explanations.findIndex((text) => text.toUpperCase() === choice.toUpperCase());
}

function readWindows(dataSet: DataSet): Window[] {
  const centres = dataSet.decimals("WindowCenter");
  const widths = dataSet.decimals("WindowWidth");
  const count = Math.min(centres.length, widths.length);
  return Array.from({ length: count }, (_, index) => ({
    centre: centres[index]!,
    width: widths[index]!,
  }));
}

function lutVoi(item: DataSet, layout: PixelLayout): Voi {
  const { lookUp, bits } = readLookupTable(item, layout.signed);
  return { apply: lookUp, range: { low: 0, high: 2 ** bits - 1 } };
}

function windowVoi({ centre, width }: Window, dataSet: DataSet, range: GreyRange): Voi {
  const shape = dataSet.code("VOILUTFunction") || "LINEAR";
  const least = shape === "LINEAR" ? 1 : Number.MIN_VALUE;
  if (!Number.isFinite(centre) || !Number.isFinite(width) || width < least) {
    throw new DicomRefused("dicom_voi_invalid", "has a window without a width");
  }
  switch (shape) {
    case "LINEAR": // C.11.2.1.2.1
      return { range, apply: linear(centre - 0.5, width - 1, range) };
    case "LINEAR_EXACT": // C.11.2.1.3.2
      return { range, apply: linear(centre, width, range) };
    case "SIGMOID": { // C.11.2.1.3.1
      const { low, high } = range;
      return {
        range,
        apply: (x) => (high - low) / (1 + Math.exp(-4 * (x - centre) / width)) + low,
      };
    }
    default:
      throw new DicomRefused("dicom_voi_invalid", "has a VOI LUT function that is not known");
  }
}

function linear(centre: number, width: number, { low, high }: GreyRange): (x: number) => number {
  return (x) => {
    if (x <= centre - width / 2) return low;
    if (x > centre + width / 2) return high;
    return ((x - centre) / width + 0.5) * (high - low) + low;
  };
}
