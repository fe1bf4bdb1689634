import type { ReaderStudyReport } from "../../shared/contracts/reader_studies.ts";
import type { KeptFile } from "./score_store.ts";

/** Stores reader studies. Every write is atomic. */
export interface StudyStore {
  /** The study with this ID, or null. */
  get(id: string): Promise<ReaderStudyReport | null>;
  /** All studies, newest first. */
  list(): Promise<ReaderStudyReport[]>;
  /** Stores a study and its files. The report is written last, so a readable study is complete. */
  put(report: ReaderStudyReport, files: readonly KeptFile[]): Promise<void>;
  /** Removes a study and its files, if they exist. */
  remove(id: string): Promise<void>;
  /** A file of a study, or null. */
  file(id: string, name: string): Promise<Uint8Array | null>;
}
