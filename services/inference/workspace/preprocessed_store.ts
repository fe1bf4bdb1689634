import type { Evaluation } from "../ledger/ledger.ts";

/** Preprocessed images of one model, experiment and dataset. */
export interface KeptFolder {
  /** Absolute path. */
  readonly path: string;
  /** When a run last started with it, milliseconds since 1970. */
  readonly usedMs: number;
  /** Size on the disk. */
  readonly bytes: number;
}

/** The preprocessed images that runs left for later runs. */
export interface PreprocessedStore {
  /** All folders of preprocessed images; unrelated folders beside them are skipped. */
  list(): Promise<KeptFolder[]>;
  /** The folder that an evaluation would use. */
  pathFor(key: { model: string; experiment: string }, digest: string): string;
  /** Removes a folder, unless a run has started with it since it was listed. */
  remove(folder: KeptFolder): Promise<void>;
}

/**
 * Key of the data that preprocessed images are made from. It is part of the folder's name, so that an experiment
 * never reuses images of other data. A run that is not blind may leave labels among its images, so blind runs get
 * other folders.
 */
export function preprocessedData(
  { provenance, request }: Pick<Evaluation, "provenance" | "request">,
): string {
  const data = String(provenance["dataset_digest"] ?? request.dataset);
  return request.blind ? data : `${data} with labels`;
}
