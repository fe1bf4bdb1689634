import type { DatasetRecord } from "../../shared/contracts/datasets.ts";
import type { Exam } from "../../shared/domain/mod.ts";
import type { DataListFormat, ExamTables } from "../../shared/format/mod.ts";
import type { CountedFaults, ImageNote, ImagePlace, ImagesCheck } from "./check_images.ts";
import type { VoiChoice } from "./dicom/voi.ts";
import type { ExamKey, FoundExam } from "./find_exam.ts";
import type { LinesPage } from "./lines_page.ts";

/** Keyed digests (with the volume's secret) that detect repeated content; absent in records of earlier versions. */
export interface ContentMarks {
  /** Digest of the data list, or of the DICOM labels and options. */
  readonly content?: string;
  /** Digest of the folder or query; absent for uploads. */
  readonly place?: string;
  /** Digest of the DICOM files, as the import found them. */
  readonly files?: string;
}

export interface DataListOrigin extends ContentMarks {
  readonly kind: "data_list";
  readonly format: DataListFormat;
}

/** Origin of a dataset converted from DICOM; data that identifies patients is in the sealed store. */
export interface DicomOrigin extends ContentMarks {
  readonly kind: "dicom";
  /** Which window to apply when there are several. */
  readonly window: VoiChoice;
  /** Whether the files come from a PACS; absent in records of earlier versions. */
  readonly isFromPacs?: boolean;
}

/** Where a dataset comes from: enough to restart its import after a kill. */
export type DatasetOrigin = DataListOrigin | DicomOrigin;

/** A dataset as ingestion stores it: the API's record and its origin. */
export interface StoredDataset extends DatasetRecord {
  readonly origin: DatasetOrigin & {
    /** User who started the import; absent in records of earlier versions. */
    readonly user?: string;
  };
}

export interface ImportCheckpoint {
  readonly check: ImagesCheck;
  /** Offset at which the next notes are appended. */
  readonly noted: number;
}

/** Stores datasets. Every write is atomic. */
export interface DatasetStore {
  ids(): Promise<string[]>;
  get(id: string): Promise<StoredDataset | null>;
  /** Reserves an id for a new dataset and creates its folder; false when the id is taken. */
  claim(id: string): Promise<boolean>;
  put(dataset: StoredDataset): Promise<void>;
  /** Keeps a copy of the submitted file: the data list or the labels. */
  putSource(id: string, format: DataListFormat, path: string): Promise<void>;
  /** Keeps copies of the tables beside the data list, given their paths, until the import ends. */
  putTables(id: string, paths: ExamTables): Promise<void>;
  tables(id: string): Promise<ExamTables>;
  source(id: string, format: DataListFormat): Promise<Uint8Array>;
  removeSource(id: string, format: DataListFormat): Promise<void>;
  /** Writes the input of models and scoring: the list with the truth as pickle, and the exams one by one. */
  putExams(id: string, exams: readonly Exam[], pickle: Uint8Array): Promise<void>;
  /** Reads a page of exams. `start` is 0 or the previous page's `next`; null when no page starts there. */
  exams(id: string, start: number, limit: number): Promise<LinesPage<Exam> | null>;
  /** Finds one exam by exam id or image name, without holding the list in memory. */
  findExam(id: string, key: ExamKey, text: string): Promise<FoundExam | null>;
  /** Counts an attempt to read a dataset before it starts, and returns the number of attempts so far. */
  countReading(id: string): Promise<number>;
  /** Resets the count of reading attempts. */
  forgetReadings(id: string): Promise<void>;
  /** Stores what an import has read of a dataset, with its images one by one, so that a kill does not lose it. */
  putReadList(id: string, list: ReadList, places: Iterable<ImagePlace>): Promise<void>;
  readList(id: string): Promise<ReadList | null>;
  /** Reads a page of the images that the import found. `start` is 0 or the previous page's `next`. */
  places(id: string, start: number, limit: number): Promise<LinesPage<ImagePlace> | null>;
  /** Writes image notes at `start`, cutting off what a killed import left behind it. Returns the next offset. */
  addNotes(id: string, start: number, notes: readonly ImageNote[]): Promise<number>;
  settleNotes(id: string): Promise<void>;
  /** Reads a page of image notes; null when no page starts at `start` or the dataset has none (older versions). */
  notes(id: string, start: number, limit: number): Promise<LinesPage<ImageNote> | null>;
  putCheckpoint(id: string, checkpoint: ImportCheckpoint): Promise<void>;
  /** Returns the last checkpoint; null when there is none or its notes are incomplete. */
  checkpoint(id: string): Promise<ImportCheckpoint | null>;
  /** Removes an import's temporary files; its findings are in the record by then. */
  endImport(id: string): Promise<void>;
  imagesFolder(id: string): string;
  leases(id: string): Promise<string[]>;
  /** Removes a dataset and its files, not images registered in place; false while an evaluation uses it. */
  remove(id: string): Promise<boolean>;
}

/** What was read of a dataset, without exams and images. */
export interface ReadList {
  readonly images: number;
  readonly counts: Pick<DatasetRecord, "exams" | "breasts" | "malignant_breasts">;
  /** Hex SHA-256 of the data list in pickle protocol 4. */
  readonly listDigest: string;
  /** Whether the submitted list has patient ids. */
  readonly patients?: boolean | undefined;
  /** Digest of the DICOM files. */
  readonly files?: string | undefined;
  readonly errors: CountedFaults;
  readonly warnings: CountedFaults;
}
