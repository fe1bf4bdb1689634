import type { ImportProgress } from "../../shared/contracts/datasets.ts";
import type { DataList } from "../../shared/format/mod.ts";
import type { StoredDataset } from "./dataset_store.ts";

export type OnProgress = (progress: ImportProgress) => void;

/** Exams of a dataset, with the digest of their DICOM files. */
export type ReadExams = DataList & { readonly files?: string };

/** Turns a submission into exams and images; one implementation per kind of origin. */
export interface ExamSource {
  /** Reads exams with all faults and makes their images PNGs in `images_folder`; resumes after a kill. */
  read(dataset: StoredDataset, onProgress: OnProgress): Promise<ReadExams>;
}
