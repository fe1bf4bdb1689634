import { createHash } from "node:crypto";
import type { DatasetRecord } from "../../shared/contracts/datasets.ts";
import type { Exam } from "../../shared/domain/mod.ts";
import { type DataList, writeDataList } from "../../shared/format/mod.ts";
import { FAULTS_LISTED_MAX } from "../../shared/limits.ts";
import {
  checkImages,
  type CountedFaults,
  type ImagePlace,
  imagePlaces,
  type ImagesCheck,
} from "./check_images.ts";
import type { DatasetOrigin, DatasetStore, StoredDataset } from "./dataset_store.ts";
import type { ExamSource, OnProgress } from "./exam_source.ts";
import type { ImageSource } from "./image_source.ts";

/** What an import works with. */
export interface ImportDependencies {
  readonly store: DatasetStore;
  readonly images: ImageSource;
  /** What reads each kind of origin. */
  readonly sources: Readonly<Record<DatasetOrigin["kind"], ExamSource>>;
}

/** What the check of the images needs of a data list: the list itself can be let go of by then. */
interface ReadExams {
  readonly places: readonly ImagePlace[];
  readonly counts: Pick<DatasetRecord, "exams" | "breasts" | "malignant_breasts">;
  readonly listDigest: string;
  readonly errors: CountedFaults;
  readonly warnings: CountedFaults;
}

/** Time between two notes of how far the check has come: a kill costs at most this much work. */
const CHECKPOINT_EVERY_MS = 2000;

/**
 * Imports a dataset: reads its exams, looks at every image, and writes how it ended. Broken off at
 * any moment, it can be called again and goes on from its last checkpoint.
 *
 * @param dataset the record, `importing`
 * @param dependencies store, images, sources of exams
 * @param onProgress told how far it has come
 * @param signal breaks it off
 * @returns the record as it was written at the end
 */
export async function importDataset(
  dataset: StoredDataset,
  dependencies: ImportDependencies,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<StoredDataset> {
  const { store } = dependencies;
  const read = await readExams(dataset, dependencies, onProgress);
  const check = await checkAll(dataset, read, dependencies, onProgress, signal);
  const ended = ending(dataset, read, check);
  await store.put(ended);
  await store.clearCheckpoint(dataset.id);
  return ended;
}

async function readExams(
  dataset: StoredDataset,
  { store, sources }: ImportDependencies,
  onProgress: OnProgress,
): Promise<ReadExams> {
  const list = await sources[dataset.origin.kind].read(dataset, onProgress);
  const pickle = writeDataList(list, { labels: "keep" });
  if (list.errors.length === 0) await store.putExams(dataset.id, list.exams, pickle);
  return {
    places: imagePlaces(inListOrder(list)),
    counts: countsOf(list.exams),
    listDigest: sha256(pickle),
    errors: counted(list.errors),
    warnings: counted(list.warnings),
  };
}

function inListOrder({ exams, faultyExams }: DataList): Pick<Exam, "id" | "images">[] {
  return [...exams, ...faultyExams].sort((a, b) => a.index - b.index);
}

async function checkAll(
  dataset: StoredDataset,
  { places }: ReadExams,
  { store, images }: ImportDependencies,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<ImagesCheck> {
  const total = places.length;
  let kept = performance.now();
  const from = await store.checkpoint(dataset.id);
  onProgress({ stage: "checking", done: from?.images ?? 0, total });
  return await checkImages(places, dataset.images_folder, images, {
    check: dataset.check,
    from,
    signal,
    async onBlock(check): Promise<void> {
      onProgress({ stage: "checking", done: check.images, total });
      if (performance.now() - kept < CHECKPOINT_EVERY_MS) return;
      await store.putCheckpoint(dataset.id, check);
      kept = performance.now();
    },
  });
}

function ending(dataset: StoredDataset, read: ReadExams, check: ImagesCheck): StoredDataset {
  const errors = together(read.errors, check.errors);
  const warnings = together(read.warnings, check.warnings);
  return {
    ...dataset,
    ...read.counts,
    status: errors.total === 0 ? "ready" : "rejected",
    images: check.images,
    progress: { done: check.images, total: check.images },
    digest: errors.total === 0 ? `sha256:${sha256(`${read.listDigest}\n${check.digest}`)}` : null,
    errors: [...errors.listed],
    errors_total: errors.total,
    warnings: [...warnings.listed],
    warnings_total: warnings.total,
  };
}

function counted(faults: CountedFaults["listed"]): CountedFaults {
  return { listed: faults.slice(0, FAULTS_LISTED_MAX), total: faults.length };
}

function together(a: CountedFaults, b: CountedFaults): CountedFaults {
  return {
    listed: [...a.listed, ...b.listed].slice(0, FAULTS_LISTED_MAX),
    total: a.total + b.total,
  };
}

function countsOf(exams: readonly Exam[]): ReadExams["counts"] {
  const malignant = exams.reduce(
    (sum, exam) => sum + exam.malignant.left + exam.malignant.right,
    0,
  );
  return { exams: exams.length, breasts: 2 * exams.length, malignant_breasts: malignant };
}

function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
