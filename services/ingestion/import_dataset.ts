import { createHash } from "node:crypto";
import type { DatasetRecord } from "../../shared/contracts/datasets.ts";
import type { Exam } from "../../shared/domain/mod.ts";
import { type DataList, writeDataList } from "../../shared/format/mod.ts";
import { FAULTS_LISTED_MAX } from "../../shared/limits.ts";
import {
  checkImages,
  type CountedFaults,
  imagePlaces,
  type ImagesCheck,
  type PlacePages,
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

/** What was read of a dataset, without its exams and images. */
export interface ReadList {
  /** Number of different images. */
  readonly images: number;
  readonly counts: Pick<DatasetRecord, "exams" | "breasts" | "malignant_breasts">;
  /** SHA-256 in hex of the data list in pickle protocol 4. */
  readonly listDigest: string;
  readonly errors: CountedFaults;
  readonly warnings: CountedFaults;
}

/** Time between two notes of how far the check has come: a kill costs at most this much work. */
const CHECKPOINT_EVERY_MS = 1000;

/**
 * The first half of an import: reads the exams, and keeps what the second half needs. The exams can be
 * let go of then. Called again after it has ended it does nothing.
 *
 * @param dataset the record, `importing`
 * @param dependencies store and sources of exams
 * @param onProgress told how far it has come
 */
export async function readExams(
  dataset: StoredDataset,
  { store, sources }: ImportDependencies,
  onProgress: OnProgress,
): Promise<void> {
  if (await store.readList(dataset.id) !== null) return;
  const list = await sources[dataset.origin.kind].read(dataset, onProgress);
  const pickle = writeDataList(list, { labels: "keep" });
  const places = imagePlaces(inListOrder(list));
  if (list.errors.length === 0) await store.putExams(dataset.id, list.exams, pickle);
  await store.putReadList(dataset.id, {
    images: places.length,
    counts: countsOf(list.exams),
    listDigest: sha256(pickle),
    errors: counted(list.errors),
    warnings: counted(list.warnings),
  }, places);
}

/**
 * The second half of an import: looks at every image and writes how it ended. Broken off at any
 * moment, it can be called again and goes on from its last checkpoint.
 *
 * @param dataset the record, `importing`, its exams read
 * @param dependencies store and images
 * @param onProgress told how far it has come
 * @param signal breaks it off
 * @throws {RangeError} when the exams were not read
 */
export async function checkDataset(
  dataset: StoredDataset,
  dependencies: ImportDependencies,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<void> {
  const { store } = dependencies;
  const read = await store.readList(dataset.id);
  if (read === null) {
    throw new RangeError(`Cannot check the images of ${dataset.id}: read it first`);
  }
  const check = await checkAll(dataset, read, dependencies, onProgress, signal);
  await store.put(ending(dataset, read, check));
  await store.endImport(dataset.id);
}

function inListOrder({ exams, faultyExams }: DataList): Pick<Exam, "id" | "images">[] {
  return [...exams, ...faultyExams].sort((a, b) => a.index - b.index);
}

async function checkAll(
  dataset: StoredDataset,
  { images: total }: ReadList,
  { store, images }: ImportDependencies,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<ImagesCheck> {
  let kept = performance.now();
  const from = await store.checkpoint(dataset.id);
  onProgress({ stage: "checking", done: from?.images ?? 0, total });
  const pages: PlacePages = (start, limit) => store.places(dataset.id, start, limit);
  return await checkImages(pages, dataset.images_folder, images, {
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

function ending(dataset: StoredDataset, read: ReadList, check: ImagesCheck): StoredDataset {
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

function countsOf(exams: readonly Exam[]): ReadList["counts"] {
  const malignant = exams.reduce(
    (sum, exam) => sum + exam.malignant.left + exam.malignant.right,
    0,
  );
  return { exams: exams.length, breasts: 2 * exams.length, malignant_breasts: malignant };
}

function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
