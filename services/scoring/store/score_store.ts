import type { EvaluationNotes } from "../../../shared/contracts/evaluations.ts";
import type { ScoreReport } from "../../../shared/contracts/scores.ts";
import type { Released, ReleasePolicy } from "../../../shared/contracts/releases.ts";
import type { MovedFile, NamedFile } from "../../../shared/volume/mod.ts";
import type { SentFile } from "./sent_file.ts";

/** An immutable file of mammoeval. */
export interface StoredFile {
  /** Absolute. */
  readonly path: string;
  readonly bytes: number;
}

export interface DatasetList {
  /** A pickle. */
  readonly file: StoredFile;
  /** The dataset's digest, `sha256:…`. */
  readonly digest: string | null;
}

/** A file of a score, such as `breast_roc.png`. */
export type ScoreFile = NamedFile;

export type KeptFile = NamedFile | MovedFile;

/** Files of a score besides those of its levels. */
export const SCORE_FILES = {
  /** The standalone page for reading and printing. */
  page: "report.html",
  /** Curve points for the charts of the served page. */
  curves: "curves.json",
} as const;

/** Stores scores and reads truth. Every write is atomic. */
export interface ScoreStore {
  dataList(dataset: string): Promise<DatasetList | null>;
  /** The id of the dataset with this id or name; what is given if there is none, as after its deletion. */
  datasetId(idOrName: string): Promise<string>;
  /** The digest of a ready dataset, or null. */
  digest(dataset: string): Promise<string | null>;
  /** Digests a predictions file. Throws PathNotAllowed if it is outside the results. */
  predictions(path: string): Promise<SentFile>;
  get(id: string): Promise<ScoreReport | null>;
  /** Headings of all scores, newest first; does not re-read known reports. */
  headings(): Promise<readonly ScoreHeading[]>;
  /** Stores a score, later than all others, next to the predictions at `beside`. The report goes last. */
  put(report: ScoreReport, files: readonly KeptFile[], beside: string | null): Promise<ScoreReport>;
  remove(id: string): Promise<void>;
  /** The release of a score to callers who may not see its truth. */
  released(score: Pick<ScoreHeading, "id" | "provenance">): Released;
  release(id: string, as: Released, by: string): Promise<void>;
  /** Sets or removes the name and the notes of a score that exists. */
  annotate(id: string, notes: EvaluationNotes): Promise<void>;
  /** The release policy that a dataset was registered with, or null. */
  releasePolicy(dataset: string): Promise<ReleasePolicy | null>;
  /** The identity of a result, see `contentDigest`. */
  contentDigest(parts: unknown): Promise<string>;
  /** Secret key for the pseudonyms of women; the same for all scores of the site. */
  patientKey(): Promise<Uint8Array>;
  file(id: string, name: string): Promise<Uint8Array | null>;
}

/** Fields for ordering and filtering lists: a few hundred bytes of a report of some 20 kB. */
export interface ScoreHeading extends
  Pick<
    ScoreReport,
    "id" | "created_at" | "dataset" | "model" | "evaluation" | "experiment" | "name" | "notes"
  > {
  /** At the main level; null if undefined. */
  readonly auroc: number | null;
  /** Determines who may see it. */
  readonly provenance: { readonly uploaded_by?: unknown; readonly release?: unknown };
}
