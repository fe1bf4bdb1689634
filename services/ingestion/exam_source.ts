import type { ImportProgress } from "../../shared/contracts/datasets.ts";
import type { DataList } from "../../shared/format/mod.ts";
import type { StoredDataset } from "./dataset_store.ts";

/** Told how far an import has come. */
export type OnProgress = (progress: ImportProgress) => void;

/** Exams of a dataset, and the mark of the DICOM files that they come from. */
export type ReadExams = DataList & { readonly files?: string };

/** Turns what a data owner handed in into exams and images; one for each kind of origin. */
export interface ExamSource {
  /**
   * Gives the exams of a dataset. When it ends, the images that they name lie as PNGs in
   * `dataset.images_folder`. After a kill it is called again with the same dataset: it goes on where
   * it was or begins anew, and leaves no trace of the first time.
   *
   * @param dataset the record, its `origin` of the kind that this source reads
   * @returns exams and entries with all faults; input that cannot be read at all is a list without
   *   exams and with one error
   */
  read(dataset: StoredDataset, onProgress: OnProgress): Promise<ReadExams>;
}
