import type { Evaluation } from "../ledger/ledger.ts";

/** A folder of preprocessed images: those of one model, experiment and dataset. */
export interface KeptFolder {
  /** Absolute path. */
  readonly path: string;
  /** When a run last began with it, milliseconds since 1970. */
  readonly usedMs: number;
  /** What it takes on the disk. */
  readonly bytes: number;
}

/** The preprocessed images that runs have left for later ones. */
export interface PreprocessedStore {
  /** All folders; others that lie beside them are not ours and are left out. */
  list(): Promise<KeptFolder[]>;
  /** The folder that an evaluation would use. */
  pathFor(key: { model: string; experiment: string }, digest: string): string;
  /** Removes a folder, unless a run has begun with it since it was listed. */
  remove(folder: KeptFolder): Promise<void>;
}

/**
 * Names the data that an evaluation's preprocessed images are made from. It is part of the folder's name, so an
 * experiment that is repeated on other data never uses the images of the first. A run that is not blind may leave
 * labels among its images, so a blind run never gets its folder.
 */
export function preprocessedData(
  { provenance, request }: Pick<Evaluation, "provenance" | "request">,
): string {
  const data = String(provenance["dataset_digest"] ?? request.dataset);
  return request.blind ? data : `${data} with labels`;
}
