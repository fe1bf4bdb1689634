import { createHash } from "node:crypto";
import { join } from "node:path";

/** Paths of the results volume; defined only here (DESIGN section 4). */
export interface VolumeLayout {
  /** Root of the volume (`MAMMOEVAL_HOME`), absolute. */
  readonly home: string;
  /** All registered datasets. */
  readonly datasets: string;
  /** Results of all evaluations. */
  readonly results: string;
  /** Index of scores by id. */
  readonly scores: string;
  /** Reader studies by id. */
  readonly readerStudies: string;
  /** Data that models keep between runs of one experiment. */
  readonly preprocessed: string;
  /** Scratch space of running evaluations; safe to delete when none runs. */
  readonly work: string;
  /** Container images as files (`<digest>.sif`), for engines without an image store. */
  readonly images: string;
  /** Incoming uploads. */
  readonly uploads: string;
  /** One file per evaluation that uses a dataset: `<dataset>/<evaluation id>`. */
  readonly leases: string;
  /** Ledger of evaluations (SQLite). */
  readonly ledger: string;
  /** Incoming uploads to be scored; removed when scored or rejected. */
  readonly scoreUploads: string;
  /** Secret key for digests and ids of scores, so that nobody can compute them for a guessed list. */
  readonly scoreKey: string;
  /** Secret key for pseudonyms of exams from DICOM; only its owner may read it. */
  readonly pseudonymKey: string;
  /** Hashes of the access tokens (JSON); only mammoeval may read it. */
  readonly tokens: string;
  /** Token with which the services authenticate each other; only mammoeval may read it. */
  readonly serviceToken: string;
  /** Audit log: who requested what (JSON lines, append-only). */
  readonly audit: string;
  /** Lock files, one per service. */
  readonly locks: string;
  /** Random id, written once: tells this volume from others at the same path on other machines. */
  readonly volumeId: string;
  /** Unrecognised files: `<original folder>/<name>`. */
  readonly quarantine: string;
}

/** Returns the paths of a results volume; creates nothing. */
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

/** Returns the path of the file that reserves disk space for the ledger. */
export function ledgerReserve(ledger: string): string {
  return `${ledger}.reserve`;
}

/** The files of one dataset. */
export interface DatasetFiles {
  /** Folder of all these files. */
  readonly folder: string;
  /** The dataset as in the API (JSON). */
  readonly record: string;
  /** The data list with the truth, pickle protocol 4. */
  readonly dataList: string;
  /** The exams as in the API, one per line (JSON), to be read in pages. */
  readonly exams: string;
  /** Which DICOM study each exam is, encrypted. */
  readonly studies: string;
  /** Size, time, digest of both ends, width and height of each image at registration, one per line (JSON). */
  readonly imageNotes: string;
  /** State of a running import, to resume it after a kill; removed at its end. */
  readonly importing: string;
  /** The original data list, without its extension (`.pkl`, `.json`, `.csv`). */
  readonly source: string;
  /** Uploaded images; unused by datasets registered in place. */
  readonly images: string;
}

/** Returns the paths of one dataset's files. */
export function datasetFiles(layout: VolumeLayout, id: string): DatasetFiles {
  const folder = join(layout.datasets, id);
  return {
    folder,
    record: join(folder, "dataset.json"),
    dataList: join(folder, "data_list.pkl"),
    exams: join(folder, "exams.jsonl"),
    studies: join(folder, "studies.sealed"),
    imageNotes: join(folder, "images.jsonl"),
    importing: join(folder, "import"),
    source: join(folder, "source"),
    images: join(folder, "images"),
  };
}

/** What identifies one evaluation's files. */
export interface EvaluationKey {
  /** Name of the experiment, a slug. */
  readonly experiment: string;
  /** Name of the model's folder. */
  readonly model: string;
  /** UUIDv7. */
  readonly id: string;
}

/** The files of one evaluation. */
export interface EvaluationFiles {
  /** Folder of all these files. */
  readonly folder: string;
  /** The evaluation as in the API (JSON), written at its end. */
  readonly record: string;
  /** `<model>_<experiment>_predictions.csv`. */
  readonly predictions: string;
  /** Predictions of an unsuccessful run; never scored. */
  readonly partialPredictions: string;
  /** `<model>_<experiment>_lesions.csv`, if the model marks lesions. */
  readonly lesions: string;
  /** Folder of `<image>_<class>.png`, if the model writes saliency maps. */
  readonly saliencyMaps: string;
  /** The model's output. */
  readonly log: string;
  /** The score report (JSON). */
  readonly score: string;
}

/** Returns the paths of one evaluation's files. */
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

/** Returns the name of the predictions file, as in the metarepository. */
export function predictionsFileName(key: Pick<EvaluationKey, "model" | "experiment">): string {
  return `${key.model}_${key.experiment}_predictions.csv`;
}

/** Returns the name of the lesions file, which lies beside the predictions. */
export function lesionsFileName(key: Pick<EvaluationKey, "model" | "experiment">): string {
  return `${key.model}_${key.experiment}_lesions.csv`;
}

/** Folder of saliency maps, beside the predictions. */
export const SALIENCY_FOLDER = "saliency_maps";

/** Shared by one model's evaluations in one experiment on the data of this digest, `sha256:…`. */
export function preprocessedFolder(
  preprocessedRoot: string,
  key: Pick<EvaluationKey, "model" | "experiment">,
  digest: string,
): string {
  // Model "a_b" with experiment "c" and model "a" with "b_c" share a name; their files must stay apart.
  const parts = JSON.stringify([key.model, key.experiment, digest]);
  const data = createHash("sha256").update(parts).digest("hex").slice(0, PREPROCESSED_DIGEST_CHARS);
  return join(preprocessedRoot, `${key.model}_${key.experiment}_preprocessing`, data);
}

/** Characters of the digest in the folder's name: 64 bits distinguish all datasets of a site. */
const PREPROCESSED_DIGEST_CHARS = 16;
