import type { DataSet } from "./data_set.ts";
import { DicomRefused } from "./dicom_refused.ts";

export interface LookupTable {
  /** Returns the entry for a value; values out of range take the first or last entry. */
  readonly lookUp: (value: number) => number;
  readonly bits: number;
  /** Bits per entry according to the descriptor, which may be wrong. */
  readonly bitsTold: number;
}

/** Number of unused bits above the largest entry that shows a wrong descriptor; one if that entry fills its bits. */
const BITS_FREE_MIN = 2;

/**
 * Reads an item of a Modality LUT or VOI LUT Sequence (PS3.3 sections C.11.1.1, C.11.2.1.1).
 * @param signed whether input values may be negative (C.11.2.1.1)
 * @param fills whether the entries should use all bits, as those of a VOI LUT do
 * @throws {DicomRefused} when the table contradicts itself
 */
export function readLookupTable(item: DataSet, signed: boolean, fills = false): LookupTable {
  const [count, , bitsTold] = item.shorts("LUTDescriptor");
  const isSigned = signed || item.element("LUTDescriptor")?.vr === "SS";
  const first = item.shorts("LUTDescriptor", isSigned)[1];
  if (count === undefined || first === undefined || bitsTold === undefined) throw invalid();
  const entries = count === 0 ? 65536 : count;
  const data = item.element("LUTData")?.bytes ?? new Uint8Array();
  // 8-bit entries may be packed two per word (C.11.2.1.1); otherwise both US and OW have 16 bits.
  const packed = bitsTold === 8 && data.length < 2 * entries;
  const values = packed ? [...data] : item.shorts("LUTData");
  if (values.length < entries) throw invalid();
  const most = values.slice(0, entries).reduce((a, b) => Math.max(a, b), 1);
  const needed = Math.max(8, Math.ceil(Math.log2(most + 1)));
  const isFull = most === 2 ** needed - 1;
  const isWrong = bitsTold < needed || bitsTold > 16 ||
    (fills && bitsTold - needed >= (isFull ? 1 : BITS_FREE_MIN));
  return {
    lookUp: (value) => {
      const index = Math.trunc(Math.max(0, value - first));
      return values[Math.min(index, entries - 1)]!;
    },
    bits: isWrong ? needed : bitsTold,
    bitsTold,
  };
}

function invalid(): DicomRefused {
  return new DicomRefused("dicom_voi_invalid", "has a lookup table that contradicts itself");
}
