import type { DataSet } from "./data_set.ts";
import { DicomRefused } from "./dicom_refused.ts";

/** A modality or VOI LUT. */
export interface LookupTable {
  /** Gives the entry of a value; values before the first and after the last take those entries. */
  readonly lookUp: (value: number) => number;
  /** Bits of its entries. */
  readonly bits: number;
}

/**
 * Reads an item of a Modality LUT or VOI LUT Sequence (PS3.3 sections C.11.1.1, C.11.2.1.1).
 *
 * @param item of the sequence
 * @param signed whether the values that are looked up are signed
 * @returns the table
 * @throws {DicomRefused} when it contradicts itself
 */
export function readLookupTable(item: DataSet, signed: boolean): LookupTable {
  const [count, , bits] = item.shorts("LUTDescriptor");
  const first = item.shorts("LUTDescriptor", signed)[1];
  if (count === undefined || first === undefined || bits === undefined) throw invalid();
  const entries = count === 0 ? 65536 : count;
  if (bits < 8 || bits > 16) throw invalid();
  const data = item.element("LUTData")?.bytes ?? new Uint8Array();
  // Entries of 8 bits may be packed two in a word (C.11.2.1.1); US and OW alike have 16 otherwise.
  const packed = bits === 8 && data.length < 2 * entries;
  const values = packed ? [...data] : item.shorts("LUTData");
  if (values.length < entries) throw invalid();
  return {
    lookUp: (value) => {
      const index = Math.trunc(Math.max(0, value - first));
      return values[Math.min(index, entries - 1)]!;
    },
    bits,
  };
}

function invalid(): DicomRefused {
  return new DicomRefused("dicom_voi_invalid", "has a lookup table that contradicts itself");
}
