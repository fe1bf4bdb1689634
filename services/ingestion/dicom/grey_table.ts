import type { DataSet } from "./data_set.ts";
import type { PixelLayout } from "./describe_pixels.ts";
import { DicomRefused } from "./dicom_refused.ts";
import { readLookupTable } from "./lookup_table.ts";
import { chooseVoi, type Complain, type GreyRange, type VoiChoice } from "./voi.ts";

const WHITE = 65535;

/**
 * Computes the 16-bit PNG grey of each cell value: stored value → modality LUT or rescale → VOI LUT or window
 * → full 16 bits → inverted for MONOCHROME1 → padding black (PS3.3 sections C.11.1, C.11.2, C.7.6.3.1.2,
 * C.7.5.1.1.2).
 *
 * A cell has at most 16 bits, so a table of 256 or 65,536 entries (one per bit pattern) holds the whole
 * pipeline. Values are computed in double precision, in the order of operations of pydicom's
 * `apply_modality_lut` and `apply_voi_lut`, and scaled by `(value − low) × 65535 / (high − low)`, half to
 * even. `low` and `high` are the ends of the output range: 0 and 2^bits − 1 for unsigned pixels and for a VOI
 * LUT.
 * @param choice which window, when there are several
 * @param complain receives warnings
 * @throws {DicomRefused} when rescale, LUT or window is invalid, or the chosen one is missing
 */
export function greyTable(
  dataSet: DataSet,
  layout: PixelLayout,
  choice: VoiChoice = null,
  complain: Complain = () => {},
): Uint16Array {
  const modality = modalityOf(dataSet, layout);
  const voi = chooseVoi(dataSet, choice, modality.range, complain);
  const isPadding = paddingOf(dataSet, layout);
  const { low, high } = voi.range;
  const { bitsStored, highBit, inverted } = layout;
  const greys = new Uint16Array(2 ** bitsStored);
  for (let pattern = 0; pattern < greys.length; pattern++) {
    const stored = storedValue(pattern, layout);
    if (isPadding(stored)) continue;
    const value = voi.apply(modality.apply(stored));
    const grey = roundHalfEven((value - low) * WHITE / (high - low));
    const bounded = Math.min(Math.max(grey, 0), WHITE);
    greys[pattern] = inverted ? WHITE - bounded : bounded;
  }
  // The other bits of a cell are empty, sign bits, or overlays of old devices. A value that exceeds the
  // stored bits is clipped to the maximum.
  const shift = highBit + 1 - bitsStored;
  const mask = greys.length - 1;
  // An overlay may be in bits of the cells (PS3.3 section C.9.2, retired).
  const hasOverlay = (dataSet.short("OverlayBitPosition") ?? 0) > 0;
  const isMasked = layout.signed || shift > 0 || hasOverlay;
  return Uint16Array.from(
    { length: 2 ** layout.bitsAllocated },
    (_, cell) =>
      isPadding(layout.signed ? cell << 16 >> 16 : cell)
        ? 0 // some devices pad with a value beyond the stored bits
        : greys[isMasked ? (cell >> shift) & mask : Math.min(cell, mask)]!,
  );
}

function storedValue(pattern: number, { bitsStored, signed }: PixelLayout): number {
  return signed && pattern >= 2 ** (bitsStored - 1) ? pattern - 2 ** bitsStored : pattern;
}

function modalityOf(
  dataSet: DataSet,
  layout: PixelLayout,
): { apply: (stored: number) => number; range: GreyRange } {
  const [item] = dataSet.items("ModalityLUTSequence");
  if (item !== undefined) {
    const { lookUp, bits } = readLookupTable(item, layout.signed);
    return { apply: lookUp, range: { low: 0, high: 2 ** bits - 1 } };
  }
  const { low, high } = storedRange(layout);
  const slope = dataSet.decimal("RescaleSlope");
  const intercept = dataSet.decimal("RescaleIntercept");
  if (slope === null || intercept === null) return { apply: (x) => x, range: { low, high } };
  if (!Number.isFinite(slope) || !Number.isFinite(intercept) || slope === 0) {
    throw new DicomRefused("dicom_voi_invalid", "has an invalid rescale slope or intercept");
  }
  return {
    apply: (stored) => stored * slope + intercept,
    range: { low: low * slope + intercept, high: high * slope + intercept },
  };
}

function storedRange({ bitsStored, signed }: PixelLayout): GreyRange {
  return signed
    ? { low: -(2 ** (bitsStored - 1)), high: 2 ** (bitsStored - 1) - 1 }
    : { low: 0, high: 2 ** bitsStored - 1 };
}

/** Padding fills the area around the exposed region. It is no measurement, and becomes black. */
function paddingOf(dataSet: DataSet, { signed }: PixelLayout): (stored: number) => boolean {
  const value = dataSet.short("PixelPaddingValue", signed);
  if (value === null) return () => false;
  const limit = dataSet.short("PixelPaddingRangeLimit", signed) ?? value;
  const low = Math.min(value, limit);
  const high = Math.max(value, limit);
  return (stored) => stored >= low && stored <= high;
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}
