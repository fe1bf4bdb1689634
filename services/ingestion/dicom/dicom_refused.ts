import type { DataSet } from "./data_set.ts";

/** Why a file does not become an image: stable slugs, the same in reports and in tests. */
export type RefusalCode =
  | "dicom_not_dicom"
  | "dicom_unreadable"
  | "dicom_truncated"
  | "dicom_too_large"
  | "dicom_no_pixels"
  | "dicom_pixels_unsupported"
  | "dicom_pixels_constant"
  | "dicom_transfer_syntax_unsupported"
  | "dicom_window_missing"
  | "dicom_voi_invalid"
  | "dicom_timed_out"
  | "dicom_decoder_failed";

/**
 * A DICOM file cannot be used. The message tells what and what to do; it repeats nothing of the
 * file but numbers and names of the standard, so that it can be shown and logged.
 */
export class DicomRefused extends Error {
  override name = "DicomRefused";
  /** Stable slug. */
  readonly code: RefusalCode;
  /** What was read of the file before; null when nothing was. */
  dataSet: DataSet | null = null;

  /** @param message goes on after the file's name: "is cut off: …" */
  constructor(code: RefusalCode, message: string) {
    super(message);
    this.code = code;
  }
}
