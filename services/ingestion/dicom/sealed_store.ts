import type { BreastSide } from "./breast_side.ts";
import type { ConversionWarning } from "./dicom_converter.ts";
import type { ImageKind } from "./image_kind.ts";
import type { PacsQuery } from "./pacs.ts";

/** A DICOM import request. Its paths, labels and queries can identify patients. */
export interface DicomRequest {
  /** Absolute folder of the files; null when the store receives them. */
  readonly folder: string | null;
  /** PACS to fetch from; null for uploads and folders on the server. */
  readonly dicomweb: { readonly url: string; readonly query: PacsQuery } | null;
  readonly labels: string;
  /** Label columns to keep in any case; absent in requests of earlier versions. */
  readonly keepColumns?: readonly string[];
  /** Seconds for which no file of the folder may have changed. */
  readonly quietS?: number;
  /** Kinds of images accepted besides plain screening views. */
  readonly accept?: readonly ImageKind[];
}

/** Record of a converted image, so that it is not converted again after a kill. */
export interface ConvertedImage {
  /** Name of the PNG without its extension. */
  readonly name: string;
  readonly breast: BreastSide;
  /** Warnings; absent in notes of earlier versions. */
  readonly warnings?: readonly ConversionWarning[];
}

/** Stores a DICOM import's confidential data and what it needs to resume after a kill. */
export interface SealedStore {
  /** Returns the volume's secret for pseudonyms, created on first use. */
  key(): Promise<Uint8Array>;
  /** Stores a request, encrypted, until the import ends. */
  putRequest(id: string, request: DicomRequest): Promise<void>;
  /** @throws {RangeError} when it is missing or cannot be decrypted with the volume's key */
  request(id: string): Promise<DicomRequest>;
  /** Returns the folder of uploaded files until the import ends. */
  incoming(id: string): string;
  /** Returns the folder for temporary files of the import; it may not exist yet. */
  scratch(id: string): string;
  /** Records an image whose PNG is complete. */
  note(id: string, image: ConvertedImage): Promise<void>;
  /** Returns the recorded images by name. */
  noted(id: string): Promise<ReadonlyMap<string, ConvertedImage>>;
  /** Stores which study each exam of a dataset is, encrypted. */
  putStudies(id: string, studies: Studies): Promise<void>;
  /**
   * null for datasets of earlier versions.
   * @throws {StoredFileDamaged} when it cannot be decrypted
   */
  studies(id: string): Promise<Studies | null>;
}

/** StudyInstanceUIDs by exam id. */
export type Studies = Readonly<Record<string, string>>;
