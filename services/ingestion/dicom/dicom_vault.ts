import type { BreastSide } from "./breast_side.ts";
import type { ConversionWarning } from "./dicom_converter.ts";
import type { ImageKind } from "./image_kind.ts";
import type { PacsQuery } from "./pacs.ts";

/** What a DICOM import was asked for: paths, labels and queries name patients. */
export interface DicomRequest {
  /** Absolute folder of the files; null when they come to the vault's. */
  readonly folder: string | null;
  /** Where they are fetched from; null when they were uploaded or lie on the server. */
  readonly dicomweb: { readonly url: string; readonly query: PacsQuery } | null;
  /** The labels CSV. */
  readonly labels: string;
  /** Columns of the labels that are kept in any case; requests of earlier versions do not say. */
  readonly keepColumns?: readonly string[];
  /** How long no file of the folder may have changed, in seconds. */
  readonly quietS?: number;
  /** Kinds of images that are taken beside plain screening views. */
  readonly accept?: readonly ImageKind[];
}

/** An image that is converted, so that a kill does not convert it again. */
export interface ConvertedImage {
  /** Name of the PNG without its ending. */
  readonly name: string;
  readonly breast: BreastSide;
  /** What is doubtful in it; notes of earlier versions do not say. */
  readonly warnings?: readonly ConversionWarning[];
}

/** Where a DICOM import keeps what must not be seen, and what it needs after a kill. */
export interface DicomVault {
  /** @returns the volume's secret for pseudonyms; made when it is first asked for */
  key(): Promise<Uint8Array>;
  /** Keeps a request, sealed, until the import has ended. */
  putRequest(id: string, request: DicomRequest): Promise<void>;
  /**
   * @returns the request
   * @throws {RangeError} when it is not there, or cannot be opened with the volume's key
   */
  request(id: string): Promise<DicomRequest>;
  /** @returns where uploaded files lie until the import has ended */
  incoming(id: string): string;
  /** @returns a folder for what is of no use when the import has ended; it need not exist */
  scratch(id: string): string;
  /** Notes an image whose PNG is whole. */
  note(id: string, image: ConvertedImage): Promise<void>;
  /** @returns what was noted, by name */
  noted(id: string): Promise<ReadonlyMap<string, ConvertedImage>>;
}
