import type { ImageCheck } from "../../shared/contracts/datasets.ts";
import type { ExamTables } from "../../shared/format/mod.ts";

/** A complete upload of a data list with images. */
export interface ListUpload {
  readonly kind: "list";
  readonly name: string;
  readonly check: ImageCheck;
  /** Absolute path of the data list, next to the images folder. */
  readonly dataListPath: string;
  /** File name of the data list; its extension tells the format. */
  readonly dataListName: string;
  /** Absolute paths of the tables beside the data list. */
  readonly tables: ExamTables;
  /** Absolute folder of the images, not yet a dataset's. */
  readonly imagesFolder: string;
}

/** A complete upload of DICOM files with labels. */
export interface DicomUpload {
  readonly kind: "dicom";
  readonly name: string;
  /** Requested window, as sent; null when absent. */
  readonly window: string | null;
  /** Label columns to keep in any case. */
  readonly keepColumns: readonly string[];
  /** Kinds of images accepted besides plain screening views, as sent. */
  readonly accept: readonly string[];
  /** Absolute path of the labels CSV. */
  readonly labelsPath: string;
  /** Absolute folder of the files, accessible to its owner only. */
  readonly dicomFolder: string;
}

/** A complete upload on the volume. */
export type ReceivedUpload = ListUpload | DicomUpload;

/** Receives uploads as streams. */
export interface UploadReceiver {
  /**
   * Reads a `multipart/form-data` body into a new folder on the volume.
   * @throws {Problem} `invalid_request` or `too_large`, naming the part or the archive entry
   */
  receive(request: Request): Promise<ReceivedUpload>;
  /** Moves an upload's images or DICOM files to a dataset's folder. */
  settle(upload: ReceivedUpload, destination: string): Promise<void>;
  /** Deletes an upload. */
  discard(upload: ReceivedUpload): Promise<void>;
  /** Removes leftovers of interrupted uploads and nothing else; call before the first request. */
  sweep(): Promise<void>;
}
