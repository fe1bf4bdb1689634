import type { ReaderStudyReport } from "../../shared/contracts/reader_studies.ts";
import type { KeptFile } from "./score_store.ts";

/** Where reader studies are kept. Every write is whole or not at all. */
export interface StudyStore {
  /** The study with this id, or null. */
  get(id: string): Promise<ReaderStudyReport | null>;
  /** All studies, newest first. */
  list(): Promise<ReaderStudyReport[]>;
  /** Keeps a study and its files: the report is written last, so that what can be read is whole. */
  put(report: ReaderStudyReport, files: readonly KeptFile[]): Promise<void>;
  /** Removes a study with its files; none is no fault. */
  remove(id: string): Promise<void>;
  /** A file of a study, or null. */
  file(id: string, name: string): Promise<Uint8Array | null>;
}
