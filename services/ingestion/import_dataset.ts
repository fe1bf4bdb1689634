import { createHash, createHmac } from "node:crypto";
import type { Exam, Fault } from "../../shared/domain/mod.ts";
import { type DataList, hidePatients, writeDataList } from "../../shared/format/mod.ts";
import type { Runner } from "../../shared/site_users.ts";
import { FAULTS_LISTED_MAX, GREY_VALUES_SAMPLE } from "../../shared/limits.ts";
import { checkImages, imagePlaces } from "./check_images.ts";
import type { CountedFaults, ImagePlace, ImagesCheck, PlacePages } from "./check_images.ts";
import type { DatasetOrigin, DatasetStore, ReadList, StoredDataset } from "./dataset_store.ts";
import type { ExamSource, OnProgress } from "./exam_source.ts";
import { crowdedFault, findForeignFiles, hiddenFault, imagesFound } from "./foreign_files.ts";
import type { ImageSource } from "./image_source.ts";
import type { AskKernel } from "./judge_access.ts";

export interface ImportDependencies {
  readonly store: DatasetStore;
  readonly images: ImageSource;
  /** Users that containers may run as; none when models run as the service's user. */
  readonly runners?: readonly Runner[];
  readonly askKernel?: AskKernel;
  readonly sources: Readonly<Record<DatasetOrigin["kind"], ExamSource>>;
  /** Returns the secret for pseudonyms and for digests of data lists, which contain labels. */
  digestKey(): Promise<Uint8Array>;
}

/** Interval between checkpoints of the check: a kill loses at most this much work. */
const CHECKPOINT_EVERY_MS = 1000;

/** First half of an import: reads the exams and stores what the second half needs. Idempotent. */
export async function readExams(
  dataset: StoredDataset,
  { store, sources, digestKey }: ImportDependencies,
  onProgress: OnProgress,
): Promise<void> {
  const earlier = await store.readList(dataset.id);
  if (earlier !== null) return await forgetPatients(dataset, earlier, store);
  const { list, patients, pickle } = written(
    await sources[dataset.origin.kind].read(dataset, onProgress),
    await digestKey(),
  );
  const places = imagePlaces(inListOrder(list));
  const foreign = await judgeForeignFiles(dataset.images_folder, places);
  if (list.errors.length === 0) await store.putExams(dataset.id, list.exams, pickle);
  const noted: ReadList = {
    images: places.length,
    counts: countsOf(list.exams),
    listDigest: sha256(pickle),
    patients,
    files: list.files,
    errors: counted([...list.errors, ...foreign.errors]),
    warnings: counted([...list.warnings, ...foreign.warnings]),
  };
  await store.putReadList(dataset.id, noted, places);
  await forgetPatients(dataset, noted, store);
}

/** Writes the list for the volume, and drops its entries: they are half of what it takes in memory. */
function written<List extends DataList>(
  read: List,
  key: Uint8Array,
): { list: List; patients: boolean; pickle: Uint8Array<ArrayBuffer> } {
  const { list, patients } = hidePatients(read, key);
  return {
    list: { ...read, ...list, entries: [] },
    patients,
    pickle: writeDataList(list, { labels: "keep" }),
  };
}

/** Removes a submitted list that has patient ids; the list with pseudonyms holds everything else. */
async function forgetPatients(
  { id, origin }: StoredDataset,
  { patients = false }: ReadList,
  store: DatasetStore,
): Promise<void> {
  if (patients && origin.kind === "data_list") await store.removeSource(id, origin.format);
}

/**
 * Second half of an import: checks every image and writes the result. A new call resumes from the last checkpoint.
 * @throws {RangeError} when the exams have not been read
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
  const isShort = check.errors.listed.some(({ code }) => code === "image_missing");
  const found = isShort ? [await imagesFound(dataset.images_folder)] : [];
  const told = { ...read, warnings: together(counted(found), read.warnings) };
  await store.put(ending(dataset, told, check, await dependencies.digestKey()));
  await store.endImport(dataset.id);
}

/** Hides files from models where possible, and reports them to the data owner in any case. */
async function judgeForeignFiles(
  folder: string,
  places: readonly ImagePlace[],
): Promise<{ errors: Fault[]; warnings: Fault[] }> {
  // Without images (as after an unreadable list) there is nothing to compare the folder with.
  if (places.length === 0) return { errors: [], warnings: [] };
  const found = await findForeignFiles(folder, new Set(places.map(({ image }) => image)));
  const fault = crowdedFault(found);
  return fault === null
    ? { errors: [], warnings: found.map(hiddenFault) }
    : { errors: [fault], warnings: [] };
}

function inListOrder({ exams, faultyExams }: DataList): Pick<Exam, "id" | "images">[] {
  return [...exams, ...faultyExams].sort((a, b) => a.index - b.index);
}

async function checkAll(
  dataset: StoredDataset,
  { images: total }: ReadList,
  { store, images, runners, askKernel }: ImportDependencies,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<ImagesCheck> {
  let kept = performance.now();
  const from = await store.checkpoint(dataset.id);
  let noted = from?.noted ?? 0;
  onProgress({ stage: "checking", done: from?.check.images ?? 0, total });
  const pages: PlacePages = (start, limit) => store.places(dataset.id, start, limit);
  const checked = await checkImages(pages, dataset.images_folder, images, {
    check: dataset.check,
    sample: sampleOf(dataset, total),
    ...(runners && { runners }),
    ...(askKernel && { askKernel }),
    from: from?.check ?? null,
    signal,
    async onBlock(check, notes): Promise<void> {
      noted = await store.addNotes(dataset.id, noted, notes);
      onProgress({ stage: "checking", done: check.images, total });
      if (performance.now() - kept < CHECKPOINT_EVERY_MS) return;
      await store.putCheckpoint(dataset.id, { check, noted });
      kept = performance.now();
    },
  });
  await store.settleNotes(dataset.id);
  return checked;
}

function ending(
  dataset: StoredDataset,
  read: ReadList,
  check: ImagesCheck,
  key: Uint8Array,
): StoredDataset {
  const errors = together(read.errors, check.errors);
  const warnings = together(read.warnings, check.warnings);
  return {
    ...dataset,
    ...read.counts,
    origin: read.files === undefined ? dataset.origin : { ...dataset.origin, files: read.files },
    status: errors.total === 0 ? "ready" : "rejected",
    images: check.images,
    grey_values: greyValuesOf(dataset, check.images),
    progress: { done: check.images, total: check.images },
    // The digest is public, so it is keyed: otherwise anyone could test a guessed list against it.
    digest: errors.total === 0
      ? `sha256:${
        createHmac("sha256", key).update(`dataset\0${read.listDigest}\n${check.digest}`).digest(
          "hex",
        )
      }`
      : null,
    errors: [...errors.listed],
    errors_total: errors.total,
    warnings: [...warnings.listed],
    warnings_total: warnings.total,
  };
}

/** Draws the sample of images whose grey values are judged, reproducibly. DICOM images were judged at conversion. */
function sampleOf({ id, origin, check }: StoredDataset, total: number): Set<number> {
  const sample = new Set<number>();
  if (origin.kind === "dicom" || check === "pixels") return sample;
  const wanted = Math.min(total, GREY_VALUES_SAMPLE);
  for (let draw = 0; sample.size < wanted; draw++) {
    const digest = createHash("sha256").update(`${id} ${draw}`).digest();
    sample.add(total <= wanted ? draw : digest.readUIntBE(0, 6) % total);
  }
  return sample;
}

function greyValuesOf({ origin, check }: StoredDataset, images: number): string {
  const isSample = origin.kind !== "dicom" && check === "header" && images > GREY_VALUES_SAMPLE;
  return isSample ? `sampled ${GREY_VALUES_SAMPLE} of ${images}` : `all ${images}`;
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
  // An exam of unknown side has at least one malignant breast.
  const malignant = exams.reduce(
    (sum, { malignant: { left, right } }) => sum + (left ?? 1) + (right ?? 0),
    0,
  );
  return { exams: exams.length, breasts: 2 * exams.length, malignant_breasts: malignant };
}

function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
