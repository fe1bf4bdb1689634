import type { DatasetRecord } from "../../shared/contracts/datasets.ts";
import type { DataListFormat } from "../../shared/format/mod.ts";

/** A dataset as ingestion keeps it: what the API shows, and where it came from. */
export interface StoredDataset extends DatasetRecord {
  /** Form of the data list that was given. */
  readonly source_format: DataListFormat;
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
  /** Keeps the data list as it was given. */
  putSource(id: string, format: DataListFormat, bytes: Uint8Array): Promise<void>;
  /** @returns the data list as it was given */
  source(id: string, format: DataListFormat): Promise<Uint8Array>;
  /** Writes the data list that models and scoring read: pickle protocol 4, with the truth. */
  putDataList(id: string, pickle: Uint8Array): Promise<void>;
  /** @returns the data list that models and scoring read */
  dataList(id: string): Promise<Uint8Array>;
  /** @returns the folder for images that were uploaded */
  imagesFolder(id: string): string;
  /** @returns ids of the evaluations that use the dataset now */
  leases(id: string): Promise<string[]>;
  /** Removes a dataset and all its files; images that were registered in place stay. */
  remove(id: string): Promise<void>;
  /** Removes folders that a power cut left without a record; call it before the first request. */
  sweep(): Promise<void>;
}
