import type { DataSet } from "./data_set.ts";
import { DicomRefused } from "./dicom_refused.ts";
import { readLookupTable } from "./lookup_table.ts";

/** Output range of a stage of the grey pipeline, inclusive. */
export interface GreyRange {
  readonly low: number;
  readonly high: number;
}

/** Which of several windows: 1-based position, or its explanation; null for the first. */
export type VoiChoice = number | string | null;

/** Receives a warning about an image. */
export type Complain = (code: string, text: string) => void;

/** The VOI stage of the grey pipeline: maps the values of interest to the output range. */
export interface Voi {
  readonly apply: (value: number) => number;
  readonly range: GreyRange;
}

interface Window {
  readonly centre: number;
  readonly width: number;
}

/**
 * Chooses the VOI LUT or window. As in pydicom, a VOI LUT outranks windows unless a window is chosen; without either,
 * values are unchanged. A window without a usable width is skipped.
 * @throws {DicomRefused} when the chosen one is missing or invalid
 */
export function chooseVoi(
  dataSet: DataSet,
  choice: VoiChoice,
  range: GreyRange,
  complain: Complain,
): Voi {
  const luts = dataSet.items("VOILUTSequence");
  const windows = readWindows(dataSet);
  if (choice !== null) return chosen(dataSet, choice, range, windows, complain);
  if (luts[0] !== undefined) return lutVoi(luts[0], range, complain);
  const usable = windows.findIndex((window) => isUsable(window, shapeOf(dataSet)));
  const what = usable < 0 ? "its values are spread as they are" : `window ${usable + 1} is taken`;
  const isGiven = dataSet.texts("WindowCenter").length + dataSet.texts("WindowWidth").length > 0;
  if (usable !== 0 && isGiven) {
    complain("window_unusable", `has a window without a centre or a width of use: ${what}`);
  }
  if (usable >= 0) return windowVoi(windows[usable]!, dataSet, range);
  return { apply: (x) => x, range: inOrder(range) };
}

/** A negative slope swaps the ends. */
function inOrder({ low, high }: GreyRange): GreyRange {
  return { low: Math.min(low, high), high: Math.max(low, high) };
}

function chosen(
  dataSet: DataSet,
  choice: number | string,
  range: GreyRange,
  windows: readonly Window[],
  complain: Complain,
): Voi {
  const window = windows[placeOf(dataSet.texts("WindowCenterWidthExplanation"), choice)];
  if (window !== undefined) return windowVoi(window, dataSet, range);
  const luts = dataSet.items("VOILUTSequence");
  const lut = luts[placeOf(luts.map((item) => item.text("LUTExplanation")), choice)];
  if (lut !== undefined) return lutVoi(lut, range, complain);
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

function lutVoi(item: DataSet, values: GreyRange, complain: Complain): Voi {
  const { lookUp, bits, bitsTold } = readLookupTable(item, inOrder(values).low < 0, true);
  if (bits !== bitsTold) {
    const text =
      `has a lookup table whose descriptor says ${bitsTold} bits, and whose entries have ${bits}: ` +
      `they are taken for ${bits} bits`;
    complain("lut_depth_contradicted", text);
  }
  return { apply: lookUp, range: { low: 0, high: 2 ** bits - 1 } };
}

function shapeOf(dataSet: DataSet): string {
  return dataSet.code("VOILUTFunction") || "LINEAR";
}

function isUsable({ centre, width }: Window, shape: string): boolean {
  return Number.isFinite(centre) && Number.isFinite(width) &&
    (shape === "LINEAR" ? width >= 1 : width > 0);
}

function windowVoi({ centre, width }: Window, dataSet: DataSet, range: GreyRange): Voi {
  const shape = shapeOf(dataSet);
  if (!isUsable({ centre, width }, shape)) {
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
      throw new DicomRefused("dicom_voi_invalid", "has an unknown VOI LUT function");
  }
}

function linear(centre: number, width: number, { low, high }: GreyRange): (x: number) => number {
  return (x) => {
    if (x <= centre - width / 2) return low;
    if (x > centre + width / 2) return high;
    return ((x - centre) / width + 0.5) * (high - low) + low;
  };
}
