import type { ImportProgress } from "../../shared/contracts/datasets.ts";
import type { DataList } from "../../shared/format/mod.ts";
import type { StoredDataset } from "./dataset_store.ts";

/** Receives the progress of an import. */
export type OnProgress = (progress: ImportProgress) => void;

/** Exams of a dataset, with the digest of their DICOM files. */
export type ReadExams = DataList & { readonly files?: string };

/** Turns a submission into exams and images; one implementation per kind of origin. */
export interface ExamSource {
  /**
   * Reads a dataset's exams with all faults, and makes sure that their images are PNGs in `dataset.images_folder`.
   * After a kill it is called again with the same dataset; it then resumes or restarts and leaves no trace of the first
   * run. Unreadable input gives a list without exams and with one error.
   */
  read(dataset: StoredDataset, onProgress: OnProgress): Promise<ReadExams>;
}
