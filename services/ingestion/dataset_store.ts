import type { DatasetRecord } from "../../shared/contracts/datasets.ts";
import type { Exam } from "../../shared/domain/mod.ts";
import type { DataListFormat } from "../../shared/format/mod.ts";
import type { ImagesCheck } from "./check_images.ts";

/** A dataset that is made from a data list and PNGs. */
export interface DataListOrigin {
  readonly kind: "data_list";
  /** Form of the data list that was given. */
  readonly format: DataListFormat;
}

/** What a dataset is made from: enough to import it again after a kill. */
export type DatasetOrigin = DataListOrigin;

/** A dataset as ingestion keeps it: what the API shows, and where it came from. */
export interface StoredDataset extends DatasetRecord {
  readonly origin: DatasetOrigin;
}

/** Some exams of a dataset. */
export interface ExamsPage {
  readonly exams: readonly Exam[];
  /** Where the next page begins, or null after the last one. */
  readonly next: number | null;
}

/** Where datasets are kept. Every write is whole or not at all. */
export interface DatasetStore {
  /** @returns ids of all datasets, oldest first */
  ids(): Promise<string[]>;
  /** @returns the dataset, or null */
  get(id: string): Promise<StoredDataset | null>;
  /**
   * Takes an id for a new dataset and makes its folder.
   *
   * @returns false when the id is taken
   */
  claim(id: string): Promise<boolean>;
  /** Writes a dataset's record. */
  put(dataset: StoredDataset): Promise<void>;
  /** Keeps a copy of a file as it was given: the data list, or the labels. */
  putSource(id: string, format: DataListFormat, path: string): Promise<void>;
  /** @returns the file as it was given */
  source(id: string, format: DataListFormat): Promise<Uint8Array>;
  /**
   * Writes what models and scoring read: the data list in pickle protocol 4, with the truth; and the
   * exams one by one, for {@linkcode DatasetStore.exams}.
   */
  putExams(id: string, exams: readonly Exam[], pickle: Uint8Array): Promise<void>;
  /**
   * Reads some exams without reading all.
   *
   * @param start 0, or `next` of the page before
   * @param limit how many at most
   * @returns null when no page begins there
   */
  exams(id: string, start: number, limit: number): Promise<ExamsPage | null>;
  /** Keeps how far the check of the images has come, so that a kill does not begin it anew. */
  putCheckpoint(id: string, check: ImagesCheck): Promise<void>;
  /** @returns what was kept last, or null */
  checkpoint(id: string): Promise<ImagesCheck | null>;
  /** Forgets how far the check has come; what it found is in the record by then. */
  clearCheckpoint(id: string): Promise<void>;
  /** @returns the folder for images that belong to the dataset: uploaded or converted ones */
  imagesFolder(id: string): string;
  /** @returns ids of the evaluations that use the dataset now */
  leases(id: string): Promise<string[]>;
  /**
   * Removes a dataset and all its files; images that were registered in place stay.
   *
   * @returns false when an evaluation uses it: then it stays
   */
  remove(id: string): Promise<boolean>;
  /** Removes what a power cut has left half made or half removed; call it before the first request. */
  sweep(): Promise<void>;
}
