import type { ImageCheck } from "../../shared/contracts/datasets.ts";

/** A data list with images that has arrived whole on the volume. */
export interface ListUpload {
  readonly kind: "list";
  readonly name: string;
  readonly check: ImageCheck;
  /** Absolute path of the data list, beside the images folder. */
  readonly dataListPath: string;
  /** File name of the data list: its ending tells the format. */
  readonly dataListName: string;
  /** Absolute folder that now holds the images, not yet a dataset's. */
  readonly imagesFolder: string;
}

/** DICOM files with their labels that have arrived whole on the volume. */
export interface DicomUpload {
  readonly kind: "dicom";
  readonly name: string;
  /** Which of several windows, as it was sent; null when it was not. */
  readonly window: string | null;
  /** Columns of the labels that are kept in any case. */
  readonly keepColumns: readonly string[];
  /** Kinds of images that are taken beside plain screening views, as they were sent. */
  readonly accept: readonly string[];
  /** Absolute path of the labels CSV. */
  readonly labelsPath: string;
  /** Absolute folder that now holds the files, for its owner only. */
  readonly dicomFolder: string;
}

/** An upload that has arrived whole on the volume. */
export type ReceivedUpload = ListUpload | DicomUpload;

/** Takes in uploads as streams. */
export interface UploadReceiver {
  /**
   * Reads a `multipart/form-data` body into a folder of its own on the volume.
   *
   * @param request the request, its body unread
   * @throws {Problem} `invalid_request` or `too_large`, naming the part or the archive entry
   */
  receive(request: Request): Promise<ReceivedUpload>;
  /** Moves the images of an upload, or its DICOM files, to where a dataset keeps them. */
  settle(upload: ReceivedUpload, destination: string): Promise<void>;
  /** Throws an upload away. */
  discard(upload: ReceivedUpload): Promise<void>;
  /** Removes what interrupted uploads have left, and nothing else; call it before the first request. */
  sweep(): Promise<void>;
}
