import type { DataSet } from "./data_set.ts";
import { DicomRefused } from "./dicom_refused.ts";

/** A modality or VOI LUT. */
export interface LookupTable {
  /** Gives the entry of a value; values before the first and after the last take those entries. */
  readonly lookUp: (value: number) => number;
  /** Bits of its entries. */
  readonly bits: number;
  /** Bits of its entries according to its descriptor, which may be wrong. */
  readonly bitsTold: number;
}

/** Bits that the greatest entry leaves free from which its descriptor cannot be meant. */
const BITS_FREE_MIN = 2;

/**
 * Reads an item of a Modality LUT or VOI LUT Sequence (PS3.3 sections C.11.1.1, C.11.2.1.1).
 *
 * @param signed whether the values that are looked up may be negative (C.11.2.1.1)
 * @param fills whether its entries should fill the bits, as those of a VOI LUT do
 * @throws {DicomRefused} when it contradicts itself
 */
export function readLookupTable(item: DataSet, signed: boolean, fills = false): LookupTable {
  const [count, , bitsTold] = item.shorts("LUTDescriptor");
  const isSigned = signed || item.element("LUTDescriptor")?.vr === "SS";
  const first = item.shorts("LUTDescriptor", isSigned)[1];
  if (count === undefined || first === undefined || bitsTold === undefined) throw invalid();
  const entries = count === 0 ? 65536 : count;
  const data = item.element("LUTData")?.bytes ?? new Uint8Array();
  // Entries of 8 bits may be packed two in a word (C.11.2.1.1); US and OW alike have 16 otherwise.
  const packed = bitsTold === 8 && data.length < 2 * entries;
  const values = packed ? [...data] : item.shorts("LUTData");
  if (values.length < entries) throw invalid();
  const most = values.slice(0, entries).reduce((a, b) => Math.max(a, b), 1);
  const needed = Math.max(8, Math.ceil(Math.log2(most + 1)));
  const isWrong = bitsTold < needed || bitsTold > 16 ||
    (fills && bitsTold - needed >= BITS_FREE_MIN);
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
