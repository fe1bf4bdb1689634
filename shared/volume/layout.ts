import { createHash } from "node:crypto";
import { join } from "node:path";

/** Where everything lies on the results volume; the one place that knows (DESIGN section 4). */
export interface VolumeLayout {
  /** Root of the volume (`MAMMOEVAL_HOME`), absolute. */
  readonly home: string;
  /** All registered datasets. */
  readonly datasets: string;
  /** All results of evaluations. */
  readonly results: string;
  /** Where scores by id are found. */
  readonly scores: string;
  /** Reader studies by id. */
  readonly readerStudies: string;
  /** What models keep between runs of one experiment. */
  readonly preprocessed: string;
  /** Scratch space of evaluations that run; safe to delete when none does. */
  readonly work: string;
  /** Container images as files, `<digest>.sif` say, where no engine keeps them. */
  readonly images: string;
  /** Uploads that are arriving. */
  readonly uploads: string;
  /** One file for each evaluation that uses a dataset: `<dataset>/<evaluation id>`. */
  readonly leases: string;
  /** The ledger of evaluations (SQLite). */
  readonly ledger: string;
  /** Uploads to be scored that are arriving; gone when they are scored or refused. */
  readonly scoreUploads: string;
  /** Secret of the digests and ids of scores, which nobody shall compute for a guessed list. */
  readonly scoreKey: string;
  /** Secret of the pseudonyms that exams from DICOM get; readable by its owner only. */
  readonly pseudonymKey: string;
  /** Who may ask, hashes only (JSON); readable by mammoeval alone. */
  readonly tokens: string;
  /** With what the services know each other; readable by mammoeval alone. */
  readonly serviceToken: string;
  /** Who has asked for what (JSON lines, only ever appended to). */
  readonly audit: string;
  /** Which process works on the volume: one file for each service. */
  readonly locks: string;
  /** Tells this volume from others that lie under the same path on other machines; random, written once. */
  readonly volumeId: string;
  /** What was found on the volume and not understood: `<folder it lay in>/<its name>`. */
  readonly quarantine: string;
}

/**
 * Lays out a results volume.
 *
 * @param home absolute path of the volume
 * @returns the paths of its parts; nothing is created
 */
export function volumeLayout(home: string): VolumeLayout {
  return {
    home,
    datasets: join(home, "datasets"),
    results: join(home, "results"),
    scores: join(home, "scores"),
    readerStudies: join(home, "reader_studies"),
    preprocessed: join(home, "preprocessed"),
    work: join(home, "work"),
    images: join(home, "images"),
    uploads: join(home, "uploads"),
    leases: join(home, "leases"),
    ledger: join(home, "ledger.sqlite"),
    scoreUploads: join(home, "scores", ".uploads"),
    scoreKey: join(home, "scores", ".key"),
    pseudonymKey: join(home, "pseudonyms", "key"),
    tokens: join(home, "access", "tokens.json"),
    serviceToken: join(home, "access", "service", "token"),
    audit: join(home, "access", "audit.jsonl"),
    locks: join(home, "locks"),
    volumeId: join(home, "locks", "inference", "volume_id"),
    quarantine: join(home, "quarantine"),
  };
}

/** Names the file that keeps space for the ledger on a volume that fills up. */
export function ledgerReserve(ledger: string): string {
  return `${ledger}.reserve`;
}

/** The files of one dataset. */
export interface DatasetFiles {
  /** Holds all the others. */
  readonly folder: string;
  /** The dataset as the API shows it (JSON). */
  readonly record: string;
  /** The data list with the truth, pickle protocol 4. */
  readonly dataList: string;
  /** The exams as the API shows them, one a line (JSON), to be read page by page. */
  readonly exams: string;
  /** Size, time, digest of both ends, width and height of each image, one a line (JSON), as registered. */
  readonly imageNotes: string;
  /** What an import keeps for itself, to be taken up after a kill; gone when it has ended. */
  readonly importing: string;
  /** The data list as it was given; its ending follows (`.pkl`, `.json`, `.csv`). */
  readonly source: string;
  /** Where uploaded images lie; a dataset registered in place has none. */
  readonly images: string;
}

/** Names the files of one dataset. */
export function datasetFiles(layout: VolumeLayout, id: string): DatasetFiles {
  const folder = join(layout.datasets, id);
  return {
    folder,
    record: join(folder, "dataset.json"),
    dataList: join(folder, "data_list.pkl"),
    exams: join(folder, "exams.jsonl"),
    imageNotes: join(folder, "images.jsonl"),
    importing: join(folder, "import"),
    source: join(folder, "source"),
    images: join(folder, "images"),
  };
}

/** What tells one evaluation's files from another's. */
export interface EvaluationKey {
  /** The experiment's name, a slug. */
  readonly experiment: string;
  /** The model's name, that of its folder. */
  readonly model: string;
  /** The evaluation's id, a UUIDv7. */
  readonly id: string;
}

/** The files of one evaluation. */
export interface EvaluationFiles {
  /** Holds all the others. */
  readonly folder: string;
  /** The evaluation as the API shows it (JSON), written when it ends. */
  readonly record: string;
  /** `<model>_<experiment>_predictions.csv`. */
  readonly predictions: string;
  /** What a run that did not succeed has left of its predictions; never scored. */
  readonly partialPredictions: string;
  /** `<model>_<experiment>_lesions.csv`, where the model marks lesions. */
  readonly lesions: string;
  /** Holds `<image>_<class>.png`, where the model writes saliency maps. */
  readonly saliencyMaps: string;
  /** What the model printed. */
  readonly log: string;
  /** The score report (JSON). */
  readonly score: string;
}

/** Names the files of one evaluation. */
export function evaluationFiles(layout: VolumeLayout, key: EvaluationKey): EvaluationFiles {
  const folder = join(layout.results, key.experiment, key.model, key.id);
  return {
    folder,
    record: join(folder, "evaluation.json"),
    predictions: join(folder, predictionsFileName(key)),
    partialPredictions: join(folder, `partial_${predictionsFileName(key)}`),
    lesions: join(folder, lesionsFileName(key)),
    saliencyMaps: join(folder, SALIENCY_FOLDER),
    log: join(folder, "log.txt"),
    score: join(folder, "score.json"),
  };
}

/**
 * Names the predictions file of a model in an experiment.
 *
 * @returns the file name that the metarepository gives a model's predictions
 */
export function predictionsFileName(key: Pick<EvaluationKey, "model" | "experiment">): string {
  return `${key.model}_${key.experiment}_predictions.csv`;
}

/** Names the file of a model's marks, beside its predictions. */
export function lesionsFileName(key: Pick<EvaluationKey, "model" | "experiment">): string {
  return `${key.model}_${key.experiment}_lesions.csv`;
}

/** Folder of saliency maps, beside the predictions. */
export const SALIENCY_FOLDER = "saliency_maps";

/**
 * Names the folder of preprocessed images, which evaluations of one experiment share as long as they
 * run on the same data.
 *
 * @param preprocessedRoot the folder that holds preprocessed images
 * @param digest the dataset's, `sha256:…`
 * @returns the folder that one model keeps for one experiment and these images
 */
export function preprocessedFolder(
  preprocessedRoot: string,
  key: Pick<EvaluationKey, "model" | "experiment">,
  digest: string,
): string {
  // Model "a_b" with experiment "c" and model "a" with "b_c" share a name: what is in there they must not.
  const parts = JSON.stringify([key.model, key.experiment, digest]);
  const data = createHash("sha256").update(parts).digest("hex").slice(0, PREPROCESSED_DIGEST_CHARS);
  return join(preprocessedRoot, `${key.model}_${key.experiment}_preprocessing`, data);
}

/** Characters of a digest in a folder's name: 64 bits tell all datasets of a site apart. */
const PREPROCESSED_DIGEST_CHARS = 16;
