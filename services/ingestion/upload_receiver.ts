import type { ImageCheck } from "../../shared/contracts/datasets.ts";
import type { ExamTables } from "../../shared/format/mod.ts";

/** A complete upload of a data list with images. */
export interface ListUpload {
  readonly kind: "list";
  readonly name: string;
  readonly check: ImageCheck;
  readonly dataListPath: string;
  /** File name of the data list; its extension tells the format. */
  readonly dataListName: string;
  readonly tables: ExamTables;
  /** Absolute folder of the images, not yet a dataset's. */
  readonly imagesFolder: string;
}

export interface DicomUpload {
  readonly kind: "dicom";
  readonly name: string;
  /** Requested window, as sent; null when absent. */
  readonly window: string | null;
  readonly keepColumns: readonly string[];
  /** Kinds of images accepted besides plain screening views, as sent. */
  readonly accept: readonly string[];
  readonly labelsPath: string;
  /** Absolute folder of the files, accessible to its owner only. */
  readonly dicomFolder: string;
}

export type ReceivedUpload = ListUpload | DicomUpload;

/** Receives uploads as streams. */
export interface UploadReceiver {
  /**
   * Reads a `multipart/form-data` body into a new folder on the volume.
   * @throws {Problem} `invalid_request` or `too_large`, naming the part or the archive entry
   */
  receive(request: Request): Promise<ReceivedUpload>;
  settle(upload: ReceivedUpload, destination: string): Promise<void>;
  discard(upload: ReceivedUpload): Promise<void>;
  /** Removes leftovers of interrupted uploads and nothing else; call before the first request. */
  sweep(): Promise<void>;
}
