import type { DataSet } from "./data_set.ts";

/** Stable slugs for why a file cannot be converted. */
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
 * A DICOM file cannot be used. The message states the cause and the remedy. It quotes only numbers and names
 * of the standard from the file, so it is safe to show and log.
 */
export class DicomRefused extends Error {
  override name = "DicomRefused";
  /** Stable slug. */
  readonly code: RefusalCode;
  /** What was read before the error, or null. */
  dataSet: DataSet | null = null;

  /** @param message follows the file's name: "is cut off: …" */
  constructor(code: RefusalCode, message: string) {
    super(message);
    this.code = code;
  }
}
