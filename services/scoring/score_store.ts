import type { ScoreReport } from "../../shared/contracts/scores.ts";
import type { Released, ReleasePolicy } from "../../shared/contracts/releases.ts";
import type { MovedFile, NamedFile } from "../../shared/volume/mod.ts";
import type { SentFile } from "./sent_file.ts";

/** A file of mammoeval's own, which nobody changes. */
export interface StoredFile {
  /** Absolute. */
  readonly path: string;
  readonly bytes: number;
}

/** The data list of a registered dataset, with its truth. */
export interface DatasetList {
  /** A pickle. */
  readonly file: StoredFile;
  /** The dataset's digest, `sha256:…`. */
  readonly digest: string | null;
}

/** A file that belongs to a score, `breast_roc.png` say. */
export type ScoreFile = NamedFile;

/** A file to be kept with a score. */
export type KeptFile = NamedFile | MovedFile;

/** The files that a score has besides those of its levels. */
export const SCORE_FILES = {
  /** The page that a person reads and prints, whole in one file. */
  page: "report.html",
  /** What the charts of the served page are drawn from. */
  curves: "curves.json",
} as const;

/** Where scores are kept and truth is read. Every write is whole or not at all. */
export interface ScoreStore {
  /** The data list of a dataset, or null when there is no such dataset that is ready. */
  dataList(dataset: string): Promise<DatasetList | null>;
  /** The digest of a dataset that is ready, or null. */
  digest(dataset: string): Promise<string | null>;
  /**
   * Looks through predictions that lie on the volume.
   *
   * @throws {PathNotAllowed} when the path leads elsewhere
   */
  predictions(path: string): Promise<SentFile>;
  /** The score with this id, or null. */
  get(id: string): Promise<ScoreReport | null>;
  /** What all scores are listed by, newest first; no report is read that is known already. */
  headings(): Promise<readonly ScoreHeading[]>;
  /**
   * Keeps a score and its files: the report is written last, so that what can be read is whole.
   *
   * @param beside path of the predictions beside which the score belongs; null gives it a folder of
   *   its own
   */
  put(report: ScoreReport, files: readonly KeptFile[], beside: string | null): Promise<void>;
  /** Forgets a score and removes its files; does nothing when there is none. */
  remove(id: string): Promise<void>;
  /** How far a score is released to callers who may not see its truth. */
  released(score: Pick<ScoreHeading, "id" | "provenance">): Released;
  /** Writes down how far a score is released, whatever the policy says. */
  release(id: string, as: Released, by: string): Promise<void>;
  /** The release policy that a dataset was registered with, or null. */
  releasePolicy(dataset: string): Promise<ReleasePolicy | null>;
  /** The identity of a result, see `contentDigest`. */
  contentDigest(parts: unknown): Promise<string>;
  /** Secret of the pseudonyms that women get; the same for all scores of the site. */
  patientKey(): Promise<Uint8Array>;
  /** A file of a score, or null. */
  file(id: string, name: string): Promise<Uint8Array | null>;
}

/** What lists are ordered and filtered by, a few hundred bytes of a report of some 20 kB. */
export interface ScoreHeading
  extends Pick<ScoreReport, "id" | "created_at" | "dataset" | "model" | "evaluation"> {
  /** Who may see it. */
  readonly provenance: { readonly uploaded_by?: unknown; readonly release?: unknown };
}
