import { v7 as uuidv7 } from "uuid";
import { SLUG_PATTERN } from "../../shared/contracts/common.ts";
import type { DatasetRecord } from "../../shared/contracts/datasets.ts";
import type { Exam, Fault } from "../../shared/domain/mod.ts";
import {
  type DataList,
  type DataListFormat,
  readDataList,
  writeDataList,
} from "../../shared/format/mod.ts";
import type { Log } from "../../shared/http/mod.ts";
import { FAULTS_LISTED_MAX } from "../../shared/limits.ts";
import { checkImages, sha256Hex } from "./check_images.ts";
import type { DatasetStore, StoredDataset } from "./dataset_store.ts";
import type { ImageSource } from "./image_source.ts";

/** What a data owner hands in. */
export interface DatasetSubmission {
  readonly name: string;
  /** Absolute folder of the images, used in place. */
  readonly imagesFolder: string;
  readonly dataList: Uint8Array;
  readonly format: DataListFormat;
  /** An id that {@link DatasetRegistry.claimId} has given, where one was needed beforehand. */
  readonly id?: string;
}

/** Registers datasets and follows their import. */
export interface DatasetRegistry {
  /** Takes an id for a dataset of this name: the name itself where it is a free slug. */
  claimId(name: string): Promise<string>;
  /** Stores the data list and starts the import; answers at once. */
  register(submission: DatasetSubmission): Promise<StoredDataset>;
  /** The dataset with the progress of its import, or null. */
  get(id: string): Promise<StoredDataset | null>;
  /** Waits until the import has ended or the time is over. */
  settled(id: string, seconds: number): Promise<void>;
  /** Takes up imports that a power cut interrupted. */
  resume(): Promise<void>;
}

/** What the registry works with. */
export interface RegistryDependencies {
  readonly store: DatasetStore;
  readonly images: ImageSource;
  readonly log: Log;
}

/**
 * @param dependencies store, images, log
 * @returns a registry; call `resume` once at the start
 */
export function createDatasetRegistry(dependencies: RegistryDependencies): DatasetRegistry {
  const { store, log } = dependencies;
  const imports = new Map<string, Promise<void>>();
  const progress = new Map<string, { done: number; total: number }>();

  function start(dataset: StoredDataset): void {
    const work = importDataset(dataset, dependencies, (state) => progress.set(dataset.id, state))
      .catch((error) => log.error("import failed", { dataset: dataset.id, error: String(error) }))
      .finally(() => {
        imports.delete(dataset.id);
        progress.delete(dataset.id);
      });
    imports.set(dataset.id, work);
  }

  async function register(submission: DatasetSubmission): Promise<StoredDataset> {
    const id = submission.id ?? await claimId(store, submission.name);
    await store.putSource(id, submission.format, submission.dataList);
    const dataset = newDataset(id, submission);
    await store.put(dataset);
    start(dataset);
    return dataset;
  }

  async function get(id: string): Promise<StoredDataset | null> {
    const dataset = SLUG_PATTERN.test(id) ? await store.get(id) : null;
    const state = progress.get(id);
    return dataset === null || state === undefined ? dataset : { ...dataset, progress: state };
  }

  async function settled(id: string, seconds: number): Promise<void> {
    const work = imports.get(id);
    if (work === undefined || seconds === 0) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const timeout = new Promise<void>((resolve) => timer = setTimeout(resolve, seconds * 1000));
    await Promise.race([work, timeout]);
    clearTimeout(timer);
  }

  async function resume(): Promise<void> {
    await store.sweep();
    for (const id of await store.ids()) {
      const dataset = await store.get(id);
      if (dataset?.status === "importing" && !imports.has(id)) start(dataset);
    }
  }

  return { claimId: (name) => claimId(store, name), register, get, settled, resume };
}

async function claimId(store: DatasetStore, name: string): Promise<string> {
  if (SLUG_PATTERN.test(name)) {
    // A rejected dataset is of no use to anybody: the mended one takes its place and its name.
    const existing = await store.get(name);
    if (existing?.status === "rejected" && (await store.leases(name)).length === 0) {
      await store.remove(name);
    }
    if (await store.claim(name)) return name;
  }
  const id = uuidv7();
  await store.claim(id);
  return id;
}

function newDataset(id: string, submission: DatasetSubmission): StoredDataset {
  return {
    id,
    name: submission.name,
    status: "importing",
    exams: 0,
    breasts: 0,
    images: 0,
    malignant_breasts: 0,
    digest: null,
    images_folder: submission.imagesFolder,
    progress: { done: 0, total: 0 },
    warnings: [],
    warnings_total: 0,
    errors: [],
    errors_total: 0,
    created_at: new Date().toISOString(),
    source_format: submission.format,
  };
}

async function importDataset(
  dataset: StoredDataset,
  { store, images, log }: RegistryDependencies,
  onProgress: (state: { done: number; total: number }) => void,
): Promise<void> {
  const bytes = await store.source(dataset.id, dataset.source_format);
  const list = readList(bytes, dataset.source_format);
  if ("fault" in list) {
    await store.put(finished(dataset, { errors: [list.fault], warnings: [] }));
    return;
  }
  const check = await checkImages(
    [...list.exams, ...list.faultyExams],
    dataset.images_folder,
    images,
    (done, total) => onProgress({ done, total }),
  );
  const canonical = writeDataList(list, { labels: "keep" });
  const errors = [...list.errors, ...check.errors];
  const ended = finished(dataset, { errors, warnings: [...list.warnings, ...check.warnings] });
  if (errors.length === 0) await store.putDataList(dataset.id, canonical);
  await store.put({
    ...ended,
    ...countsOf(list.exams),
    images: check.images,
    progress: { done: check.images, total: check.images },
    digest: `sha256:${await digestOf(canonical, check.digest)}`,
  });
  log.info("import ended", { dataset: dataset.id, status: ended.status, errors: errors.length });
}

function readList(bytes: Uint8Array, format: DataListFormat): DataList | { fault: Fault } {
  try {
    return readDataList(bytes, format);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const message = `The data list cannot be read: ${error.message}`;
    return {
      fault: { exam: null, view: null, image: null, code: "data_list_unreadable", message },
    };
  }
}

function finished(
  dataset: StoredDataset,
  faults: { errors: readonly Fault[]; warnings: readonly Fault[] },
): StoredDataset {
  return {
    ...dataset,
    status: faults.errors.length === 0 ? "ready" : "rejected",
    errors: faults.errors.slice(0, FAULTS_LISTED_MAX),
    errors_total: faults.errors.length,
    warnings: faults.warnings.slice(0, FAULTS_LISTED_MAX),
    warnings_total: faults.warnings.length,
  };
}

function countsOf(
  exams: readonly Exam[],
): Pick<DatasetRecord, "exams" | "breasts" | "malignant_breasts"> {
  const malignant = exams.reduce(
    (sum, exam) => sum + exam.malignant.left + exam.malignant.right,
    0,
  );
  return { exams: exams.length, breasts: 2 * exams.length, malignant_breasts: malignant };
}

async function digestOf(dataList: Uint8Array, images: string): Promise<string> {
  return await sha256Hex(new TextEncoder().encode(`${await sha256Hex(dataList)}\n${images}`));
}
