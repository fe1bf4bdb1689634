/**
 * Small DICOM files, for tests.
 *
 * @module
 */
import { joinBytes } from "../../../shared/format/join_bytes.ts";
import { type TagName, TAGS } from "../../../services/ingestion/dicom/tags.ts";
import { ascii, element, fileStart, number16 } from "./write_data_set.ts";

/** Deviations from a plain image; null omits an element. */
export interface FileParts {
  readonly transferSyntax?: string;
  readonly rows?: number;
  readonly columns?: number;
  readonly texts?: Partial<Record<TagName, string>>;
  readonly numbers?: Partial<Record<TagName, number>>;
  /** Encoded elements before the pixels. */
  readonly further?: Uint8Array;
  /** The encoded pixel data element; null for none. */
  readonly pixels?: Uint8Array | null;
}

export const EXPLICIT = "1.2.840.10008.1.2.1";

/** Creates an image of 12 bits stored in 16 with ascending pixel values. */
export function dicomFile(parts: FileParts = {}): Uint8Array<ArrayBuffer> {
  const { rows = 4, columns = 4, pixels } = parts;
  const cells = Uint16Array.from({ length: rows * columns }, (_, index) => index * 16);
  const texts: Partial<Record<TagName, string>> = {
    SOPClassUID: "1.2.840.10008.5.1.4.1.1.1.2",
    SOPInstanceUID: "1.2.3.4",
    Modality: "MG",
    StudyInstanceUID: "1.2.3",
    PhotometricInterpretation: "MONOCHROME2",
    ...parts.texts,
  };
  const numbers: Partial<Record<TagName, number>> = {
    SamplesPerPixel: 1,
    Rows: rows,
    Columns: columns,
    BitsAllocated: 16,
    BitsStored: 12,
    HighBit: 11,
    PixelRepresentation: 0,
    ...parts.numbers,
  };
  return joinBytes([
    fileStart(parts.transferSyntax ?? EXPLICIT),
    ...Object.entries(texts).map(([name, value]) =>
      element(TAGS[name as TagName], name.endsWith("UID") ? "UI" : "CS", ascii(value))
    ),
    ...Object.entries(numbers).map(([name, value]) =>
      element(TAGS[name as TagName], "US", number16(value))
    ),
    parts.further ?? new Uint8Array(),
    pixels === null
      ? new Uint8Array()
      : pixels ?? element(TAGS.PixelData, "OW", new Uint8Array(cells.buffer)),
  ]);
}
