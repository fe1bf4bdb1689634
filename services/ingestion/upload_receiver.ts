import type { ImageCheck } from "../../shared/contracts/datasets.ts";

/** An upload that has arrived whole on the volume. */
export interface ReceivedUpload {
  readonly name: string;
  readonly check: ImageCheck;
  /** Absolute path of the data list, beside the images folder. */
  readonly dataListPath: string;
  /** File name of the data list: its ending tells the format. */
  readonly dataListName: string;
  /** Absolute folder that now holds the images, not yet a dataset's. */
  readonly imagesFolder: string;
}

/** Takes in uploads as streams. */
export interface UploadReceiver {
  /**
   * Reads a `multipart/form-data` body into a folder of its own on the volume.
   *
   * @param request the request, its body unread
   * @returns what arrived
   * @throws {Problem} `invalid_request` or `too_large`, naming the part or the archive entry
   */
  receive(request: Request): Promise<ReceivedUpload>;
  /** Moves the images of an upload to where a dataset keeps them. */
  settle(upload: ReceivedUpload, destination: string): Promise<void>;
  /** Throws an upload away. */
  discard(upload: ReceivedUpload): Promise<void>;
  /** Removes what interrupted uploads have left. */
  sweep(): Promise<void>;
}
