import type { ScoreReport } from "../../shared/contracts/scores.ts";
import type { NamedFile } from "../../shared/volume/mod.ts";
import type { ScoreHeading } from "./score_index.ts";

/** The data list of a registered dataset, with its truth. */
export interface DatasetList {
  /** A pickle. */
  readonly content: Uint8Array;
  /** The dataset's digest, `sha256:…`. */
  readonly digest: string | null;
}

/** A file that belongs to a score, `breast_roc.png` say. */
export type ScoreFile = NamedFile;

/** Where scores are kept and truth is read. Every write is whole or not at all. */
export interface ScoreStore {
  /** The data list of a dataset, or null when there is no such dataset that is ready. */
  dataList(dataset: string): Promise<DatasetList | null>;
  /** The digest of a dataset that is ready, or null. */
  digest(dataset: string): Promise<string | null>;
  /**
   * Reads predictions that lie on the volume.
   *
   * @throws {PathNotAllowed} when the path leads elsewhere
   */
  predictions(path: string): Promise<Uint8Array>;
  /** The score with this id, or null. */
  get(id: string): Promise<ScoreReport | null>;
  /** What all scores are listed by, newest first; no report is read that is known already. */
  headings(): Promise<readonly ScoreHeading[]>;
  /**
   * Keeps a score and its files: the report is written last, so that what can be read is whole.
   *
   * @param report the score
   * @param files plots and, for an upload, what was sent
   * @param beside path of the predictions beside which the score belongs; null gives it a folder of
   *   its own
   */
  put(report: ScoreReport, files: readonly ScoreFile[], beside: string | null): Promise<void>;
  /** Forgets a score and removes its files; does nothing when there is none. */
  remove(id: string): Promise<void>;
  /** A file of a score, or null. */
  file(id: string, name: string): Promise<Uint8Array | null>;
}
