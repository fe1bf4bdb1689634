import type { DatasetRecord } from "../../shared/contracts/datasets.ts";
import type { Exam } from "../../shared/domain/mod.ts";
import type { DataListFormat } from "../../shared/format/mod.ts";
import type { CountedFaults, ImageNote, ImagePlace, ImagesCheck } from "./check_images.ts";
import type { VoiChoice } from "./dicom/voi.ts";
import type { ExamKey, FoundExam } from "./find_exam.ts";
import type { LinesPage } from "./lines_page.ts";

/** Digests, keyed with the volume's secret, by which the same content is recognised; earlier versions kept none. */
export interface ContentMarks {
  /** Of the data list, or of labels and options of DICOM. */
  readonly content?: string;
  /** Of the folder or query; not of uploads. */
  readonly place?: string;
  /** Of the DICOM files, as the import found them. */
  readonly files?: string;
}

/** A dataset that is made from a data list and PNGs. */
export interface DataListOrigin extends ContentMarks {
  readonly kind: "data_list";
  /** Form of the data list that was given. */
  readonly format: DataListFormat;
}

/** A dataset that is converted from DICOM; what it names patients with is in the vault. */
export interface DicomOrigin extends ContentMarks {
  readonly kind: "dicom";
  /** Which of several windows. */
  readonly window: VoiChoice;
  /** Whether the files come from a PACS; records of earlier versions do not say. */
  readonly isFromPacs?: boolean;
}

/** What a dataset is made from: enough to import it again after a kill. */
export type DatasetOrigin = DataListOrigin | DicomOrigin;

/** A dataset as ingestion keeps it: what the API shows, and where it came from. */
export interface StoredDataset extends DatasetRecord {
  readonly origin: DatasetOrigin & {
    /** Whose import it is; records of earlier versions do not say. */
    readonly user?: string;
  };
}

/** How far the check of a dataset's images has come. */
export interface ImportCheckpoint {
  readonly check: ImagesCheck;
  /** Where the next notes go. */
  readonly noted: number;
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
  /** Removes the file as it was given; does nothing when there is none. */
  removeSource(id: string, format: DataListFormat): Promise<void>;
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
  exams(id: string, start: number, limit: number): Promise<LinesPage<Exam> | null>;
  /**
   * Looks for one exam without keeping the list in memory.
   *
   * @param key what it is looked for by
   * @param text id of the exam, or name of an image
   */
  findExam(id: string, key: ExamKey, text: string): Promise<FoundExam | null>;
  /**
   * Counts that the reading of a dataset begins, before it does.
   *
   * @returns how often it has begun by now
   */
  countReading(id: string): Promise<number>;
  /** Counts the readings of a dataset anew. */
  forgetReadings(id: string): Promise<void>;
  /** Keeps what an import has read of a dataset, its images one by one: a kill does not lose it. */
  putReadList(id: string, list: ReadList, places: Iterable<ImagePlace>): Promise<void>;
  /** @returns what was read, or null when nothing is yet */
  readList(id: string): Promise<ReadList | null>;
  /**
   * Reads some of the images that an import has found named.
   *
   * @param start 0, or `next` of the page before
   * @param limit how many at most
   */
  places(id: string, start: number, limit: number): Promise<LinesPage<ImagePlace> | null>;
  /**
   * Appends what an import has noted of images.
   *
   * @param start where: what lies behind it, from before a kill, is cut off
   * @returns where the next notes go
   */
  addNotes(id: string, start: number, notes: readonly ImageNote[]): Promise<number>;
  /** Puts the notes where {@linkcode DatasetStore.notes} finds them; none may follow. */
  settleNotes(id: string): Promise<void>;
  /**
   * Reads some of what was noted of a dataset's images.
   *
   * @param start 0, or `next` of the page before
   * @param limit how many at most
   * @returns null when no page begins there, or nothing was noted: older versions did not
   */
  notes(id: string, start: number, limit: number): Promise<LinesPage<ImageNote> | null>;
  /** Keeps how far the check of the images has come. */
  putCheckpoint(id: string, checkpoint: ImportCheckpoint): Promise<void>;
  /** @returns what was kept last, or null; also null when its notes are not all there */
  checkpoint(id: string): Promise<ImportCheckpoint | null>;
  /** Removes what an import has kept for itself; what it found is in the record by then. */
  endImport(id: string): Promise<void>;
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
}

/** What was read of a dataset, without its exams and images. */
export interface ReadList {
  /** Number of different images. */
  readonly images: number;
  readonly counts: Pick<DatasetRecord, "exams" | "breasts" | "malignant_breasts">;
  /** SHA-256 in hex of the data list in pickle protocol 4. */
  readonly listDigest: string;
  /** Whether the list, as it came, names women. */
  readonly patients?: boolean | undefined;
  /** Mark of the DICOM files. */
  readonly files?: string | undefined;
  readonly errors: CountedFaults;
  readonly warnings: CountedFaults;
}
